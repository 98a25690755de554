package io.walcast.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What one process can do to another; POSIX only. */
public enum Signal {
    /** Freezes it: its memory and connections stay, and it does nothing. */
    STOP,
    /** Lets a frozen process continue. */
    CONT,
    /** Asks it to end. */
    TERM;

    /** Sends this to the process. */
    public void send(long pid) {
        try {
            var exitCode = new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exitCode != 0) {
                throw new IllegalStateException("%s did not reach process %d".formatted(this, pid));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
