package io.walcast.app.outbox;

import org.jspecify.annotations.Nullable;

/**
 * The topics of the events that this module appends.
 *
 * <p>The relay has a catalogue of its own, with the effect of each topic; a test checks that the two agree.
 */
public enum OutboxTopic {
    /** The statement that stores a group of posts writes it too: function {@code append_messages} of the schema. */
    MESSAGE_CREATED("messaging.message_created"),
    /** Written by the schema, as the next two are. */
    MESSAGE_EDITED("messaging.message_edited"),
    MESSAGE_DELETED("messaging.message_deleted"),
    REACTIONS_CHANGED("messaging.reactions_changed"),
    MEMBER_ADDED("messaging.member_added"),
    MEMBER_REMOVED("messaging.member_removed"),
    MEMBER_CHANGED("messaging.member_changed"),
    /** Written by the schema. It names all first members at once; each of them has an event in the log. */
    CONVERSATION_CREATED("messaging.conversation_created"),
    CONVERSATION_CHANGED("messaging.conversation_changed"),
    /** It has no position in the log: the newest read marker of a user replaces the earlier ones. */
    CONVERSATION_READ("messaging.conversation_read");

    private static final String PREFIX = "messaging.";

    private final String value;

    OutboxTopic(String value) {
        this.value = value;
    }

    /** The value of the column {@code topic}. */
    public String value() {
        return value;
    }

    /**
     * The name under which clients get events of this topic, such as {@code message.created}; null if it is no chat's.
     */
    public static @Nullable String eventOf(String topic) {
        return topic.startsWith(PREFIX) ? topic.substring(PREFIX.length()).replaceFirst("_", ".") : null;
    }

    @Override
    public String toString() {
        return value;
    }
}
