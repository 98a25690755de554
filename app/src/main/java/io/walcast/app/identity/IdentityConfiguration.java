package io.walcast.app.identity;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Gives request handlers their caller, and tells the API description how a client names itself. */
@Configuration(proxyBeanMethods = false)
class IdentityConfiguration implements WebMvcConfigurer {

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new UserIdHeader());
    }

    @Bean
    OpenApiCustomizer describeIdentity() {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(UserId.class);
        var scheme = new SecurityScheme()
                .type(SecurityScheme.Type.APIKEY)
                .in(SecurityScheme.In.HEADER)
                .name(UserIdHeader.NAME)
                .description("The caller's user id: " + UserId.RULE + ". For development: anyone can claim any id.");
        return openApi -> {
            if (openApi.getComponents() == null) {
                openApi.components(new Components());
            }
            openApi.getComponents().addSecuritySchemes("user", scheme);
            openApi.addSecurityItem(new SecurityRequirement().addList("user"));
        };
    }
}
