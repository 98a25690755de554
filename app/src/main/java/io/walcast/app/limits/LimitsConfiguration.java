package io.walcast.app.limits;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the deadline around the requests that may have a long answer. */
@Configuration(proxyBeanMethods = false)
class LimitsConfiguration {

    @Bean
    FilterRegistrationBean<AnswerDeadline> answerDeadline(MemorySettings settings) {
        var registration = new FilterRegistrationBean<>(new AnswerDeadline(settings.answerTimeout()));
        registration.addUrlPatterns("/conversations/*", "/messages/*");
        return registration;
    }
}
