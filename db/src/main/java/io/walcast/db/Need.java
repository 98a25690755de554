package io.walcast.db;

import io.walcast.startup.StartupException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that Walcast needs of a server or a login and does not find.
 *
 * @param fact what is wrong; it never holds a password
 * @param remedy what to set or do, in words
 * @param statement the SQL that does it, for a superuser to type; null where no statement does
 */
public record Need(String fact, String remedy, @Nullable String statement) {

    static Need of(String fact, String remedy) {
        return new Need(fact, remedy, null);
    }

    StartupException asException() {
        return new StartupException(sentence());
    }

    StartupException asException(Throwable cause) {
        return new StartupException(sentence(), cause);
    }

    private String sentence() {
        return fact + "; " + remedy;
    }

    /** @throws StartupException if there is one */
    static void refuse(Optional<Need> need) {
        need.ifPresent(one -> {
            throw one.asException();
        });
    }

    /** @throws StartupException if there are any: the first is told */
    static void refuse(Iterable<Need> needs) {
        for (Need need : needs) {
            throw need.asException();
        }
    }
}
