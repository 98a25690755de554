package io.walcast.acceptance.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a client knows of one conversation: the fold of its events, as PROTOCOL.md tells clients to make it.
 *
 * <p>Each event carries the present state of its subject with a version. A state replaces an older one, and never a newer
 * one. An event that says {@code from} more than the position leaves a hole: it is applied, and the position stays.
 *
 * <p>Not thread-safe.
 */
public final class ConversationState {

    private static final int MOST_DIFFERENCES = 10;

    /** A state with the version by which it replaces others. */
    record Versioned<T>(long version, @Nullable T state) {}

    private final Map<String, JsonNode> messages = new HashMap<>();
    private final Map<Long, String> idsBySeq = new HashMap<>();
    private final Map<String, Versioned<JsonNode>> reactions = new HashMap<>();
    private final Map<String, Versioned<String>> roles = new HashMap<>();
    private final Map<String, Long> reads = new HashMap<>();
    private Versioned<String> title = new Versioned<>(0, null);
    private long pos;
    private long lastSeq;

    /** A client that knows nothing yet, and asks for what follows this position. */
    public ConversationState(long pos) {
        this.pos = pos;
    }

    /** What this one knows now. */
    public ConversationState copy() {
        var copy = new ConversationState(pos);
        copy.messages.putAll(messages);
        copy.idsBySeq.putAll(idsBySeq);
        copy.reactions.putAll(reactions);
        copy.roles.putAll(roles);
        copy.reads.putAll(reads);
        copy.title = title;
        copy.lastSeq = lastSeq;
        return copy;
    }

    /** Up to where it knows the log. */
    public long pos() {
        return pos;
    }

    /** Messages, known and unknown ones, up to the newest one that it knows. */
    public long lastSeq() {
        return lastSeq;
    }

    /** Messages that the user has not read. */
    public long unread(String userId) {
        return lastSeq - reads.getOrDefault(userId, 0L);
    }

    /** Continues at a position that the server named. */
    public void moveTo(long position) {
        pos = position;
    }

    /**
     * Applies one event.
     *
     * @return false if it leaves a hole before it, which the client closes by joining again with {@link #pos()}
     */
    public boolean apply(String event, JsonNode data) {
        switch (event) {
            case "message.created", "message.edited", "message.deleted" -> message(data.path("message"));
            case "reactions.changed" -> reactions(data);
            case "member.added", "member.removed", "member.changed" ->
                member(data.path("userId").stringValue(), data);
            case "conversation.changed" -> title(data.path("conversation"));
            case "conversation.read" ->
                reads.merge(data.path("userId").stringValue(), data.path("seq").longValue(), Math::max);
            default -> {}
        }
        if (!data.has("from")) {
            return true;
        }
        if (data.path("from").longValue() > pos) {
            return false;
        }
        pos = Math.max(pos, data.path("pos").longValue());
        return true;
    }

    /** Takes a message as an event or a page has it. */
    void message(JsonNode message) {
        var id = message.path("id").stringValue();
        var known = messages.get(id);
        if (known != null
                && known.path("version").longValue() > message.path("version").longValue()) {
            return;
        }
        messages.put(id, message);
        idsBySeq.put(message.path("seq").longValue(), id);
        lastSeq = Math.max(lastSeq, message.path("seq").longValue());
        if (message.has("deletedAt")) {
            reactions.remove(id);
        }
    }

    private void reactions(JsonNode data) {
        var id = data.path("messageId").stringValue();
        var message = messages.get(id);
        if (message == null || !message.has("deletedAt")) {
            replace(reactions, id, data.path("version").longValue(), withoutMine(data.path("reactions")));
        }
    }

    /** Takes a membership, or its end, as an event tells it. */
    void member(String userId, JsonNode state) {
        replace(
                roles,
                userId,
                state.path("version").longValue(),
                state.path("role").asString(null));
    }

    /** Takes a read marker. */
    void read(String userId, long seq) {
        reads.merge(userId, seq, Math::max);
    }

    /** Takes the title. */
    void title(JsonNode conversation) {
        long version = conversation.path("version").longValue();
        if (version >= title.version()) {
            title = new Versioned<>(version, conversation.path("title").asString(null));
        }
    }

    /** Takes the reactions of one message. */
    void reactionsOf(String messageId, long version, JsonNode kinds) {
        replace(reactions, messageId, version, kinds);
    }

    /** Only the reader's own pages say which reactions are the reader's. */
    private static JsonNode withoutMine(JsonNode kinds) {
        var plain = kinds.deepCopy();
        plain.forEach(kind -> {
            if (kind instanceof tools.jackson.databind.node.ObjectNode object) {
                object.remove("mine");
            }
        });
        return plain;
    }

    private static <T> void replace(Map<String, Versioned<T>> known, String key, long version, @Nullable T state) {
        known.merge(key, new Versioned<>(version, state), (old, now) -> now.version() >= old.version() ? now : old);
    }

    /**
     * Where this client differs from what is stored, one sentence each; empty if it knows everything.
     *
     * @param afterSeq messages up to this one are not asked for
     * @param readers whose read markers are compared
     */
    public List<String> differences(ConversationState stored, long afterSeq, Set<String> readers) {
        var differences = new ArrayList<String>();
        if (pos != stored.pos) {
            differences.add("the log ends at %d, but the client is at %d".formatted(stored.pos, pos));
        }
        for (var message : stored.messages.values()) {
            if (message.path("seq").longValue() > afterSeq) {
                compare(differences, "message", message.path("id").stringValue(), message, messages);
            }
        }
        for (var id : messages.keySet()) {
            if (!stored.messages.containsKey(id) && !isStandIn(messages.get(id))) {
                differences.add("message %s is not stored, but the client has %s".formatted(id, messages.get(id)));
            }
        }
        compareAll(differences, "reactions to", stored.reactions, reactions);
        compareAll(differences, "membership of", stored.roles, roles);
        if (stored.title.version() > 0 && !stored.title.equals(title)) {
            differences.add("the title is %s, but the client has %s".formatted(stored.title, title));
        }
        for (var reader : readers) {
            long read = stored.reads.getOrDefault(reader, 0L);
            long known = reads.getOrDefault(reader, 0L);
            if (read != known) {
                differences.add("%s has read up to %d, but the client has %d".formatted(reader, read, known));
            }
        }
        return differences.size() <= MOST_DIFFERENCES
                ? differences
                : Stream.concat(
                                differences.stream().limit(MOST_DIFFERENCES),
                                Stream.of("and %d more".formatted(differences.size() - MOST_DIFFERENCES)))
                        .toList();
    }

    /** What the server sends for a message whose row was deleted by SQL. */
    private static boolean isStandIn(JsonNode message) {
        return message.path("type").asString("").equals("SYSTEM") && !message.hasNonNull("senderId");
    }

    private static <T> void compareAll(
            List<String> differences, String what, Map<String, T> stored, Map<String, T> known) {
        var keys = new HashSet<>(stored.keySet());
        keys.addAll(known.keySet());
        keys.stream().sorted().forEach(key -> {
            if (stored.containsKey(key)) {
                compare(differences, what, key, stored.get(key), known);
            } else {
                differences.add("%s %s: nothing is stored, but the client has %s".formatted(what, key, known.get(key)));
            }
        });
    }

    private static <T> void compare(List<String> differences, String what, String key, T stored, Map<String, T> known) {
        if (!Objects.equals(text(stored), text(known.get(key)))) {
            differences.add("%s %s is %s, but the client has %s".formatted(what, key, stored, known.get(key)));
        }
    }

    /** Numbers of one value may be of several types in JSON. */
    private static String text(@Nullable Object state) {
        Function<JsonNode, String> sorted = node -> node.isObject()
                ? node.properties().stream()
                        .map(member -> member.getKey() + "=" + text(member.getValue()))
                        .sorted()
                        .toList()
                        .toString()
                : node.toString();
        return state instanceof JsonNode node
                ? sorted.apply(node)
                : state instanceof Versioned<?> versioned
                        ? versioned.version() + text(versioned.state())
                        : String.valueOf(state);
    }
}
