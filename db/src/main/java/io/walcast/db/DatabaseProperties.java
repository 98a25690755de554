package io.walcast.db;

import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The embedded PostgreSQL; without effect when {@code spring.datasource.url} names another server.
 *
 * @param embedded whether there is one; else a server has to be named
 * @param directory everything the embedded server keeps: data, programs, log, password. A relative path is one of the
 *     working directory.
 */
@ConfigurationProperties("walcast.db")
record DatabaseProperties(
        @DefaultValue("true") boolean embedded,
        @DefaultValue(".walcast/postgres") Path directory) {}
