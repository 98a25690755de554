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

/** The JSON conventions of the contract: no value is converted to another type, and times have one format. */
@Configuration(proxyBeanMethods = false)
class JsonConventions {

    /** The format of {@code message_json} in the schema: the answer to a POST equals the message in the outbox row. */
    private static final String TIME = "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'";

    @Bean
    JsonMapperBuilderCustomizer strictJson() {
        return json -> json.enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
                .withCoercionConfig(
                        LogicalType.Integer,
                        number -> number.setCoercion(CoercionInputShape.String, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
                .withConfigOverride(
                        Instant.class,
                        time -> time.setFormat(
                                JsonFormat.Value.forPattern(TIME).withTimeZone(TimeZone.getTimeZone("UTC"))));
    }
}
