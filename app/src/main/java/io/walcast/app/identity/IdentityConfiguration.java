package io.walcast.app.identity;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.walcast.identity.AuthSettings;
import io.walcast.identity.OriginSettings;
import io.walcast.identity.ServerPaths;
import io.walcast.identity.UserId;
import io.walcast.identity.UserIdHeader;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Gives request handlers their caller, describes authentication in the API description, and answers CORS requests. */
@Configuration(proxyBeanMethods = false)
class IdentityConfiguration implements WebMvcConfigurer {

    /** Comes before the filters that ask for a token, which a preflight request never carries. */
    private static final int BEFORE_TOKENS = Ordered.HIGHEST_PRECEDENCE + 110;

    private final AuthSettings settings;

    IdentityConfiguration(AuthSettings settings) {
        this.settings = settings;
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallerArgument(settings.usesTokens()));
    }

    @Bean
    FilterRegistrationBean<CorsFilter> cors(OriginSettings origins) {
        var registration = new FilterRegistrationBean<>(new CorsFilter(origins));
        registration.addUrlPatterns(ServerPaths.patterns(ServerPaths.CROSS_ORIGIN));
        registration.setOrder(BEFORE_TOKENS);
        return registration;
    }

    @Bean
    OpenApiCustomizer describeIdentity() {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(UserId.class);
        var scheme = settings.usesTokens()
                ? new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .bearerFormat("JWT")
                        .description("A token of the issuer that this server trusts; its sub is the caller's user id.")
                : new SecurityScheme()
                        .type(SecurityScheme.Type.APIKEY)
                        .in(SecurityScheme.In.HEADER)
                        .name(UserIdHeader.NAME)
                        .description(
                                "The caller's user id: " + UserId.RULE + ". For development: anyone can claim any id.");
        return openApi -> {
            if (openApi.getComponents() == null) {
                openApi.components(new Components());
            }
            openApi.getComponents().addSecuritySchemes("user", scheme);
            openApi.addSecurityItem(new SecurityRequirement().addList("user"));
        };
    }
}
