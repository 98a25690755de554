package io.walcast.app.limits;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The memory that the requests of all users may take together, in each process.
 *
 * @param pageSize maximum size of one page of a history or of a list; a page has at least one item
 * @param pageReads pages that are read from the database at a time; further requests wait for 2 s, then get 503
 * @param totalAnswerSize maximum size of all pages that clients have not yet read; each user may have as much of it as
 *     is still free, and gets 503 beyond that
 * @param totalBodySize maximum size of the bodies of all requests, shared in the same manner; a body beyond it gets 503
 * @param answerTimeout time that a client has to read a page before its connection is closed
 */
@Validated
@ConfigurationProperties("walcast.limits.memory")
record MemorySettings(
        @NotNull @DefaultValue("512KB") DataSize pageSize,
        @DefaultValue("8") int pageReads,
        @NotNull @DefaultValue("32MB") DataSize totalAnswerSize,
        @NotNull @DefaultValue("32MB") DataSize totalBodySize,
        @NotNull @DefaultValue("60s") Duration answerTimeout) {

    MemorySettings {
        Assert.isTrue(
                pageSize.toBytes() > 0 && pageSize.toMegabytes() <= 64, "page-size must be between 1 B and 64 MB");
        Assert.isTrue(pageReads > 0, "page-reads must be positive");
        Assert.isTrue(
                totalAnswerSize.toBytes() >= 4 * pageSize.toBytes(),
                "total-answer-size must be at least four times page-size");
        Assert.isTrue(totalBodySize.toBytes() >= 4 * BodyLimitAdvice.LIMIT, "total-body-size must be at least 1 MB");
        Assert.isTrue(answerTimeout.toMillis() > 0, "answer-timeout must be positive");
    }
}
