package io.walcast.app.limits;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the filters around the requests that may have a long answer. */
@Configuration(proxyBeanMethods = false)
class LimitsConfiguration {

    /** The API's description has some 100 KB, for each request anew. */
    private static final int DESCRIPTIONS = 16;

    @Bean
    FilterRegistrationBean<AnswerDeadline> answerDeadline(MemorySettings settings) {
        var registration = new FilterRegistrationBean<>(new AnswerDeadline(settings.answerTimeout()));
        registration.addUrlPatterns("/conversations/*", "/messages/*", "/api/*");
        return registration;
    }

    @Bean
    FilterRegistrationBean<FewAtATime> fewDescriptions() {
        var registration = new FilterRegistrationBean<>(new FewAtATime(DESCRIPTIONS));
        registration.addUrlPatterns("/api/openapi/*");
        return registration;
    }
}
