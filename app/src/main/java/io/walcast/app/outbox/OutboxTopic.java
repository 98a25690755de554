package io.walcast.app.outbox;

/**
 * The topics of the events that this module appends.
 *
 * <p>The relay has a catalogue of its own, which says what becomes of each; a test holds that the two agree.
 */
public enum OutboxTopic {
    /** The statement that stores a group of posts writes it too: function {@code append_messages} of the schema. */
    MESSAGE_CREATED("messaging.message_created"),
    MEMBER_ADDED("messaging.member_added"),
    MEMBER_REMOVED("messaging.member_removed");

    private final String value;

    OutboxTopic(String value) {
        this.value = value;
    }

    /** What stands in the column {@code topic}. */
    public String value() {
        return value;
    }

    @Override
    public String toString() {
        return value;
    }
}
