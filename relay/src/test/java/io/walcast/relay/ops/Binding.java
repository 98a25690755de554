package io.walcast.relay.ops;

import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.validation.ValidationBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.validation.beanvalidation.LocalValidatorFactoryBean;

/** Binds settings as the application does, with their constraints. */
public final class Binding {

    private Binding() {}

    public static <T> T of(String prefix, Class<T> type, Map<String, String> properties) {
        var source = new MapConfigurationPropertySource();
        properties.forEach((key, value) -> source.put(prefix + "." + key, value));
        try (var validator = new LocalValidatorFactoryBean()) {
            validator.afterPropertiesSet();
            return new Binder(source).bindOrCreate(prefix, Bindable.of(type), new ValidationBindHandler(validator));
        }
    }
}
