package io.walcast.relay.doctor;

import io.walcast.db.Need;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param topic its subject, in a word or two
 * @param fact in a sentence
 * @param remedy to be typed: SQL that ends in a semicolon, or else a setting or an action in words; null if all is well
 */
record Finding(
        Severity severity,
        String topic,
        String fact,
        @Nullable String remedy) {

    static Finding ok(String topic, String fact) {
        return new Finding(Severity.OK, topic, fact, null);
    }

    static Finding warning(String topic, String fact, String remedy) {
        return new Finding(Severity.WARNING, topic, fact, remedy);
    }

    static Finding missing(String topic, String fact, String remedy) {
        return new Finding(Severity.MISSING, topic, fact, remedy);
    }

    static Finding missing(String topic, Need need) {
        String statement = need.statement();
        return missing(topic, need.fact(), statement == null ? need.remedy() : terminated(statement));
    }

    /** A statement may bring a comment, which follows its semicolon. */
    private static String terminated(String statement) {
        return statement.contains("; --") ? statement : statement + ";";
    }
}
