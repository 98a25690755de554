package io.walcast.app.api;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.models.tags.Tag;
import io.walcast.identity.ServerPaths;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The head of the OpenAPI description and its groups; each operation is described at its request handler. */
@Configuration(proxyBeanMethods = false)
@OpenAPIDefinition(info = @Info(title = "Walcast", version = "1", description = """
                                A chat back end whose realtime side cannot lose or reorder a message. This is its REST \
                                side: clients post and read here, and receive what others post over WebSocket.

                                To try it, press *Authorize* and enter any user id. Every refusal is a problem detail; \
                                `GET /problems` lists all of them. What does not exist and what the caller may not see \
                                get the same `not_found`.
                                """))
class ApiDescription {

    private static final String OPERATIONS = "Operations";

    /** Operations are described beside the API of the chat where the process has a relay: after it, as one group. */
    @Bean
    OpenApiCustomizer groupOperations() {
        return openApi -> {
            var operations = openApi.getPaths().entrySet().stream()
                    .filter(path -> path.getKey().startsWith(ServerPaths.OPS))
                    .flatMap(path -> path.getValue().readOperations().stream())
                    .toList();
            if (!operations.isEmpty()) {
                operations.forEach(operation -> operation.setTags(List.of(OPERATIONS)));
                openApi.addTagsItem(new Tag()
                        .name(OPERATIONS)
                        .description("For people who run Walcast: see OPERATIONS.md. Not for chat clients."));
            }
        };
    }
}
