package io.walcast.relay.wal;

/** A reason why the publication does not bring the rows of the outbox, with the statement that fixes it. */
enum PublicationFault {
    NO_OUTBOX("there is no table public.outbox", "restore the table"),
    UNLOGGED("table outbox is unlogged, so its rows are not in the WAL", "alter table outbox set logged"),
    MISSING(
            "there is no publication %s",
            "create publication %s for table outbox (id, topic, event_key, payload, headers, created_at)"
                    + " with (publish = 'insert')"),
    NO_INSERTS("publication %s does not publish inserts", "alter publication %s set (publish = 'insert')"),
    WITHOUT_OUTBOX("publication %s does not contain table outbox", PublicationFault.SET_TABLE),
    ROW_FILTER("publication %s has a row filter on table outbox", PublicationFault.SET_TABLE),
    COLUMNS("publication %s lacks columns of table outbox", PublicationFault.SET_TABLE);

    private static final String SET_TABLE =
            "alter publication %s set table outbox (id, topic, event_key, payload, headers, created_at)";

    private final String sentence;
    private final String remedy;

    PublicationFault(String sentence, String remedy) {
        this.sentence = sentence;
        this.remedy = remedy;
    }

    /** The fault and its remedy. */
    String describe(String publication) {
        return fact(publication) + "; " + remedy(publication);
    }

    String fact(String publication) {
        return sentence.replace("%s", publication);
    }

    /** The statement that fixes it; for {@link #NO_OUTBOX} an instruction in words. */
    String remedy(String publication) {
        return remedy.replace("%s", publication);
    }
}
