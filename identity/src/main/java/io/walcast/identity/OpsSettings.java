package io.walcast.identity;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.validation.annotation.Validated;

/**
 * Where operations are served.
 *
 * @param port a port of their own, where nothing else is served; null: the same as everything else
 * @param address where that port listens
 */
@Validated
@ConfigurationProperties("walcast.ops")
record OpsSettings(
        @Nullable Integer port, @DefaultValue("127.0.0.1") String address) {

    OpsSettings {
        Assert.isTrue(port == null || (port > 0 && port < 65_536), "port must be between 1 and 65535");
        Assert.hasText(address, "address must not be empty");
    }
}
