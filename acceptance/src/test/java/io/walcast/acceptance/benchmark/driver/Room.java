package io.walcast.acceptance.benchmark.driver;

import java.util.UUID;

/** What the sockets of one conversation have in common. */
final class Room {

    private final UUID conversation;
    private final Ledger ledger;
    private final Bytes seqs = new Bytes("\"seq\":");
    private final Bytes numbers = new Bytes("\"content\":");

    Room(UUID conversation, Ledger ledger) {
        this.conversation = conversation;
        this.ledger = ledger;
    }

    UUID conversation() {
        return conversation;
    }

    Bytes seqs() {
        return seqs;
    }

    Bytes numbers() {
        return numbers;
    }

    void joined() {
        ledger.noteJoin();
    }

    void arrived(long number, long now) {
        ledger.noteArrival((int) number, now);
    }

    void repeated() {
        ledger.noteRepeat();
    }

    void outOfOrder() {
        ledger.noteOutOfOrder();
    }

    void pinged(long sinceLast) {
        ledger.notePing(sinceLast);
    }

    void closed(String why) {
        ledger.noteTrouble(why);
    }
}
