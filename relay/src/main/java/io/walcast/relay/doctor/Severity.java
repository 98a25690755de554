package io.walcast.relay.doctor;

/** How bad a finding is; the words are what the table shows. */
enum Severity {
    /** What is needed is there. */
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
