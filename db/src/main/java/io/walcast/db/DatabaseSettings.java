package io.walcast.db;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The embedded PostgreSQL; without effect when {@code spring.datasource.url} names another server.
 *
 * @param embedded whether to start one; otherwise {@code spring.datasource.url} is required
 * @param directory the directory of the embedded server's data, programs, log and password. A relative path is relative
 *     to the working directory.
 */
@ConfigurationProperties("walcast.db")
record DatabaseSettings(
        @DefaultValue("true") boolean embedded,
        @DefaultValue(".walcast/postgres") Path directory) {}
