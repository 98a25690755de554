package io.walcast.relay.ops.console;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Serves the console at {@code /ops}, and its plot library below it, so that one rule of access covers all of it. */
@Configuration(proxyBeanMethods = false)
class ConsolePage implements WebMvcConfigurer {

    /** The version is that of the pom. */
    private static final String UPLOT = "classpath:/META-INF/resources/webjars/uplot/1.6.30/dist/";

    @Override
    public void addViewControllers(ViewControllerRegistry views) {
        views.addViewController("/ops").setViewName("forward:/ops/index.html");
        views.addRedirectViewController("/ops/", "/ops");
    }

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry resources) {
        resources.addResourceHandler("/ops/uplot/**").addResourceLocations(UPLOT);
    }
}
