package io.walcast.app.api;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.context.annotation.Configuration;

/** The head of the OpenAPI description; the rest stands at what it describes. */
@Configuration(proxyBeanMethods = false)
@OpenAPIDefinition(info = @Info(title = "Walcast", version = "1", description = """
                                A chat back end whose realtime side cannot lose or reorder a message. This is its REST \
                                side: clients post and read here, and hear of what others post over WebSocket.

                                To try it, press *Authorize* and enter any user id. Every refusal is a problem detail; \
                                `GET /problems` lists all of them. Whatever does not exist and whatever the caller may \
                                not see get the same `not_found`.
                                """))
class ApiDescription {}
