package io.walcast.relay.ops.console;

/**
 * One fact that an operator of the relay should know.
 *
 * @param what the fact, in a sentence
 * @param remedy the steps to take, in a sentence or two; empty if there are none
 */
record Finding(Level level, String what, String remedy) {

    enum Level {
        GOOD,
        /** Delivery continues, but will stop later, or is not as it should be. */
        ATTENTION,
        /** Messages do not get through now, or soon will not. */
        ALARM
    }
}
