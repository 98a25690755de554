package io.walcast.relay.gateway.chat;

import io.walcast.identity.Caller;
import io.walcast.identity.Identity;
import io.walcast.identity.UnidentifiedException;
import io.walcast.relay.feed.Feeds;
import io.walcast.relay.rooms.Rooms;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** The chat's front door for both wire formats: finds out who a client is, and admits it. Thread-safe. */
@Component
public final class Chat {

    private final Identity identity;
    private final Rooms rooms;
    private final Feeds feeds;
    private final ChatSettings limits;
    private final Leases leases;

    /** Connections by user; a user without any is not in it. */
    private final Map<String, Integer> connections = new ConcurrentHashMap<>();

    Chat(Identity identity, Rooms rooms, Feeds feeds, ChatSettings limits, Leases leases) {
        this.identity = identity;
        this.rooms = rooms;
        this.feeds = feeds;
        this.limits = limits;
        this.leases = leases;
    }

    /**
     * The user that the data of an {@code authenticate} event, or of a Socket.IO CONNECT, names.
     *
     * @throws Refusal if it names none, or cannot be believed
     */
    public Caller identify(@Nullable JsonNode auth) throws Refusal {
        try {
            return identity.of(text(auth, "userId"), text(auth, "token"));
        } catch (UnidentifiedException e) {
            throw Refusal.of(e);
        }
    }

    /**
     * The user that a handshake names.
     *
     * @return null if it names none
     * @throws Refusal if what it says cannot be believed
     */
    public @Nullable Caller identify(HttpServletRequest handshake) throws Refusal {
        try {
            return identity.of(handshake);
        } catch (UnidentifiedException e) {
            throw Refusal.of(e);
        }
    }

    private static @Nullable String text(@Nullable JsonNode data, String name) {
        JsonNode value = data == null ? null : data.get(name);
        return value != null && value.isString() ? value.stringValue() : null;
    }

    /**
     * Makes a client of an identified connection; {@link ChatClient#disconnected()} must follow.
     *
     * @throws Refusal with {@link ErrorCode#LIMIT_EXCEEDED} if the user has too many connections
     */
    public ChatClient admit(Caller caller, ClientLink link) throws Refusal {
        String userId = caller.userId().value();
        if (connections.merge(userId, 1, Integer::sum) > limits.connectionsPerUser()) {
            left(userId);
            throw new Refusal(ErrorCode.LIMIT_EXCEEDED, "This user has too many connections: close another one.");
        }
        return new ChatClient(this, caller, link, rooms, feeds, limits, leases.grant(caller, link), () -> left(userId));
    }

    /** For a new connection. */
    public RequestRate requestRate() {
        return new RequestRate(limits.requestsPerSecond(), limits.requestBurst(), System.nanoTime());
    }

    private void left(String userId) {
        connections.computeIfPresent(userId, (user, count) -> count == 1 ? null : count - 1);
    }
}
