package io.walcast.relay.ops.console;

/**
 * One thing that somebody who runs the relay should know.
 *
 * @param what it is, in a sentence
 * @param remedy what to do about it, in a sentence or two; empty for nothing
 */
record Finding(Level level, String what, String remedy) {

    enum Level {
        GOOD,
        /** Goes on, but not for ever, or not as it should. */
        ATTENTION,
        /** Messages do not get through now, or soon will not. */
        ALARM
    }
}
