package io.walcast.identity;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Port and address of operations.
 *
 * @param port a separate port, where nothing else is served; null: the common port
 * @param address the address on which that port listens
 */
@Validated
@ConfigurationProperties("walcast.ops")
record OpsSettings(
        @Nullable @Min(1) @Max(65_535) Integer port,
        @DefaultValue("127.0.0.1") @NotBlank String address) {}
