package io.walcast.relay.gateway.chat;

import io.walcast.relay.rooms.Rooms;
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
    private final ChatLimits limits;

    /** Connections by user; a user without any is not in it. */
    private final Map<String, Integer> connections = new ConcurrentHashMap<>();

    Chat(Identity identity, Rooms rooms, ChatLimits limits) {
        this.identity = identity;
        this.rooms = rooms;
        this.limits = limits;
    }

    /** As {@link Identity#of(JsonNode)}. */
    public String identify(@Nullable JsonNode auth) throws Refusal {
        return identity.of(auth);
    }

    /** As {@link Identity#of(String)}. */
    public String identify(@Nullable String userId) throws Refusal {
        return identity.of(userId);
    }

    /**
     * Makes a client of an identified connection; {@link ChatClient#disconnected()} must follow.
     *
     * @throws Refusal with {@link ErrorCode#LIMIT_EXCEEDED} if the user has too many connections
     */
    public ChatClient admit(String userId, ClientLink link) throws Refusal {
        if (connections.merge(userId, 1, Integer::sum) > limits.connectionsPerUser()) {
            left(userId);
            throw new Refusal(ErrorCode.LIMIT_EXCEEDED, "This user has too many connections: close another one.");
        }
        return new ChatClient(userId, link, rooms, limits, () -> left(userId));
    }

    /** For a new connection. */
    public RequestRate requestRate() {
        return new RequestRate(limits.requestsPerSecond(), limits.requestBurst(), System.nanoTime());
    }

    private void left(String userId) {
        connections.computeIfPresent(userId, (user, count) -> count == 1 ? null : count - 1);
    }
}
