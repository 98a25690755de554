package io.walcast.app.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.time.Instant;
import java.util.TimeZone;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.type.LogicalType;

/** JSON as the contract has it: no value is taken for one of another type, and there is one form of a time. */
@Configuration(proxyBeanMethods = false)
class JsonForm {

    /** As {@code message_json} of the schema writes it: what a POST answers equals what the outbox row carries. */
    private static final String TIME = "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'";

    @Bean
    JsonMapperBuilderCustomizer strictJson() {
        return json -> json.enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
                .withConfigOverride(
                        Instant.class,
                        time -> time.setFormat(
                                JsonFormat.Value.forPattern(TIME).withTimeZone(TimeZone.getTimeZone("UTC"))));
    }
}
