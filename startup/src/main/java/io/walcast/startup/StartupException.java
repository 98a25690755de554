package io.walcast.startup;

/**
 * A problem that the person who starts Walcast must correct.
 *
 * <p>The message is one sentence for that person: what is wrong, and what to set or do. It never holds a password. It is
 * printed alone, without a stack trace, and the process ends with exit code 1.
 */
public final class StartupException extends RuntimeException {

    public StartupException(String message) {
        super(message);
    }

    public StartupException(String message, Throwable cause) {
        super(message, cause);
    }
}
