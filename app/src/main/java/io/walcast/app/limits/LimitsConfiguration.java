package io.walcast.app.limits;

import io.walcast.identity.ServerPaths;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Registers the filters for requests that may have a long answer. */
@Configuration(proxyBeanMethods = false)
class LimitsConfiguration {

    /** The API description is about 100 KB, made again for each request. */
    private static final int DESCRIPTIONS = 16;

    @Bean
    FilterRegistrationBean<AnswerDeadlineFilter> answerDeadline(MemorySettings settings) {
        var registration = new FilterRegistrationBean<>(new AnswerDeadlineFilter(settings.answerTimeout()));
        registration.addUrlPatterns(ServerPaths.patterns(ServerPaths.LONG_ANSWERS));
        return registration;
    }

    @Bean
    FilterRegistrationBean<ConcurrencyLimitFilter> fewDescriptions() {
        var registration = new FilterRegistrationBean<>(new ConcurrencyLimitFilter(DESCRIPTIONS));
        registration.addUrlPatterns(ServerPaths.OPENAPI + "/*", ServerPaths.OPENAPI_YAML);
        return registration;
    }
}
