package io.walcast.app.problems;

import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Adds to each operation of the API description the problems that it may answer. */
@Configuration(proxyBeanMethods = false)
class ProblemResponses {

    private static final Set<ProblemType> ANY =
            EnumSet.of(ProblemType.NOT_ACCEPTABLE, ProblemType.INTERNAL_ERROR, ProblemType.UNAVAILABLE);
    private static final Set<ProblemType> WITH_BODY = EnumSet.of(
            ProblemType.MALFORMED_JSON,
            ProblemType.BODY_TOO_LARGE,
            ProblemType.UNSUPPORTED_MEDIA_TYPE,
            ProblemType.BUSY);
    private static final Set<ProblemType> WITH_CALLER =
            EnumSet.of(ProblemType.INVALID_REQUEST, ProblemType.UNAUTHENTICATED);

    @Bean
    GlobalOperationCustomizer describeProblemsOfOperation() {
        return (operation, handler) -> {
            var types = EnumSet.copyOf(ANY);
            if (operation.getRequestBody() != null) {
                types.addAll(WITH_BODY);
            }
            // An operation without a security requirement of its own has that of the whole API: a caller.
            if (operation.getSecurity() == null) {
                types.addAll(WITH_CALLER);
            }
            var own = handler.getMethodAnnotation(MayAnswer.class);
            if (own != null) {
                types.addAll(List.of(own.value()));
            }
            types.stream()
                    .collect(Collectors.groupingBy(ProblemType::status))
                    .forEach((status, ofStatus) -> operation
                            .getResponses()
                            .addApiResponse(Integer.toString(status.value()), responseOf(ofStatus)));
            return operation;
        };
    }

    private static ApiResponse responseOf(List<ProblemType> types) {
        var problem = new MediaType().schema(new Schema<>().$ref("Problem"));
        types.forEach(type -> problem.addExamples(type.code(), new Example().value(exampleOf(type))));
        return new ApiResponse()
                .description(types.stream()
                        .map(type -> "`" + type.code() + "`: " + type.title() + ". " + type.advice())
                        .collect(Collectors.joining("\n\n")))
                .content(new Content().addMediaType("application/problem+json", problem));
    }

    private static Map<String, Object> exampleOf(ProblemType type) {
        return Map.of(
                "type", type.uri().toString(),
                "code", type.code(),
                "title", type.title(),
                "status", type.status().value());
    }

    @Bean
    OpenApiCustomizer describeProblem() {
        return openApi -> openApi.schema(
                "Problem",
                new Schema<>()
                        .type("object")
                        .description("A problem detail (RFC 9457). Decide by code.")
                        .addProperty(
                                "type", string("where the problem is explained").format("uri-reference"))
                        .addProperty("code", codes())
                        .addProperty("title", string("the code in words"))
                        .addProperty("status", new Schema<>().type("integer"))
                        .addProperty("detail", string("the fault of this request, for people"))
                        .addProperty(
                                "instance",
                                string("the path that was asked for").format("uri-reference"))
                        .addProperty("errors", violations())
                        .required(List.of("type", "code", "title", "status")));
    }

    private static Schema<Object> string(String description) {
        return new Schema<>().type("string").description(description);
    }

    private static Schema<Object> codes() {
        var codes = string("the problem, for programs");
        for (var type : ProblemType.values()) {
            codes.addEnumItemObject(type.code());
        }
        return codes;
    }

    private static Schema<Object> violations() {
        return new Schema<>()
                .type("array")
                .description("with code invalid_request: all faults of the request")
                .items(new Schema<>()
                        .type("object")
                        .addProperty("field", string("the field, parameter or header"))
                        .addProperty("message", string("the rule that it breaks")));
    }
}
