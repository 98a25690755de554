package io.walcast.relay.wal;

/**
 * Where the slot stands at one moment. LSNs are bytes from the beginning of the WAL.
 *
 * @param held whether a walsender holds it
 * @param current the end of the WAL that is on the disk: a crash may take back what is not
 * @param confirmed up to where the relay has acknowledged
 */
record SlotSample(boolean held, long current, long confirmed) {}
