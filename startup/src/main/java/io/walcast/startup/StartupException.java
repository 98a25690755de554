package io.walcast.startup;

/**
 * A problem that prevents the start and that the operator must correct.
 *
 * <p>The message is one sentence with the fault and the remedy. It never holds a password. It is printed alone, without
 * a stack trace, and the process ends with exit code 1.
 */
public final class StartupException extends RuntimeException {

    public StartupException(String message) {
        super(message);
    }

    public StartupException(String message, Throwable cause) {
        super(message, cause);
    }
}
