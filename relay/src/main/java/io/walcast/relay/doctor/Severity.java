package io.walcast.relay.doctor;

/** How bad a finding is; the table shows its word. */
enum Severity {
    /** The requirement is met. */
    OK("ok"),
    /** The relay starts, and something will go wrong later. */
    WARNING("warning"),
    /** The relay does not start, or delivers nothing. */
    MISSING("missing");

    private final String word;

    Severity(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
