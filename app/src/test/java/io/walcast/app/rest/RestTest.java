package io.walcast.app.rest;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootContextLoader;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Runs a test class against the REST API: all such classes share one server and one database. It is a {@code TestDatabase}, so
 * the initializer of the module db, which starts an embedded server for the application, is left out.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = RestApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "spring.flyway.enabled=false",
            "springdoc.swagger-ui.path=/api",
            "springdoc.api-docs.path=/api/openapi",
            "walcast.events[orders].event=order.placed",
        })
@ContextConfiguration(loader = RestTest.WithoutServerOfItsOwn.class)
public @interface RestTest {

    /** The loader of Spring Boot, without the initializers of the module db. */
    final class WithoutServerOfItsOwn extends SpringBootContextLoader {

        @Override
        protected List<ApplicationContextInitializer<?>> getInitializers(
                MergedContextConfiguration configuration, SpringApplication application) {
            return super.getInitializers(configuration, application).stream()
                    .filter(one -> !one.getClass().getPackageName().equals("io.walcast.db"))
                    .toList();
        }
    }
}
