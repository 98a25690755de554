package io.walcast.db;

import io.walcast.startup.StartupException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An unmet requirement of Walcast on a server or a login.
 *
 * @param fact the fault; it never holds a password
 * @param remedy the steps to take, in words
 * @param statement the SQL of the remedy, for a superuser to type; null if there is none
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

    /** @throws StartupException for the first of them, if there are any */
    static void refuse(Iterable<Need> needs) {
        for (Need need : needs) {
            throw need.asException();
        }
    }
}
