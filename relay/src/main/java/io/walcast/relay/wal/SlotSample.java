package io.walcast.relay.wal;

/**
 * The position of the slot at one moment. LSNs are bytes from the beginning of the WAL.
 *
 * @param held whether a walsender holds it
 * @param current the end of the WAL that is on the disk; a crash may lose later WAL
 * @param confirmed the position up to which the relay has acknowledged
 */
record SlotSample(boolean held, long current, long confirmed) {}
