package io.walcast.identity;

import jakarta.servlet.Filter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.security.web.FilterChainProxy;

/** Registers the filters of authentication and access control, for all requests of a process, in this order. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties({AuthSettings.class, OpsSettings.class, OriginSettings.class})
class IdentityAutoConfiguration {

    private static final int FIRST = Ordered.HIGHEST_PRECEDENCE + 100;

    @Bean
    FilterRegistrationBean<BrowserSafetyFilter> browserSafety(AuthSettings settings) {
        return filter(
                new BrowserSafetyFilter(!settings.usesTokens() && !settings.allowUnauthenticatedRemote()), 0, "/*");
    }

    @Bean
    @ConditionalOnProperty("walcast.ops.port")
    OpsPort opsPort(OpsSettings settings) {
        Integer port = settings.port();
        return new OpsPort(port == null ? 0 : port, settings.address());
    }

    @Bean
    @ConditionalOnProperty("walcast.ops.port")
    FilterRegistrationBean<OpsPort> opsPortFilter(OpsPort port) {
        return filter(port, 1, "/*");
    }

    @Bean
    FilterRegistrationBean<OpsAccessFilter> opsAccess(AuthSettings settings) {
        return filter(new OpsAccessFilter(!settings.usesTokens()), 2, ServerPaths.patterns(ServerPaths.OPERATIONS));
    }

    private static <F extends Filter> FilterRegistrationBean<F> filter(F filter, int place, String... patterns) {
        var registration = new FilterRegistrationBean<>(filter);
        registration.addUrlPatterns(patterns);
        registration.setOrder(FIRST + place);
        registration.setAsyncSupported(true);
        return registration;
    }

    /** Header mode: callers name themselves, without proof. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "walcast.auth.mode", havingValue = "header", matchIfMissing = true)
    static class ByHeader {

        @Bean
        Identity identity() {
            return new HeaderIdentity();
        }
    }

    /** JWT mode: callers have tokens. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "walcast.auth.mode", havingValue = "jwt")
    static class ByToken {

        @Bean
        Tokens tokens(AuthSettings settings) {
            return new Tokens(settings.jwt());
        }

        @Bean
        TokenIdentity identity(Tokens tokens, AuthSettings settings) {
            return new TokenIdentity(tokens, settings.jwt());
        }

        /** Comes after the answer to preflight requests, which carry no token. */
        @Bean
        FilterRegistrationBean<FilterChainProxy> tokenFilters(TokenIdentity identity, AuthSettings settings) {
            return filter(TokenFilterChain.of(identity, settings.opsAuthority()), 20, "/*");
        }
    }
}
