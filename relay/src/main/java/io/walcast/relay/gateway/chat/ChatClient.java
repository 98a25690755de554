package io.walcast.relay.gateway.chat;

import io.walcast.identity.Caller;
import io.walcast.relay.feed.FeedClient;
import io.walcast.relay.feed.Feeds;
import io.walcast.relay.rooms.JoinPosition;
import io.walcast.relay.rooms.JoinResult;
import io.walcast.relay.rooms.JoinResult.Joined;
import io.walcast.relay.rooms.JoinResult.Superseded;
import io.walcast.relay.rooms.PresenceList;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.rooms.Rooms;
import io.walcast.relay.rooms.Subscriber;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One identified client: carries out its requests and is its presence in rooms.
 *
 * <p><b>Lifecycle.</b> From {@link Chat#admit} to {@link #disconnected()}, after which it is in no room.
 * <b>Concurrency.</b> Requests come one at a time; everything else from any thread.
 */
public final class ChatClient implements Subscriber, FeedClient {

    private interface Request {
        void carryOut(ChatClient client, @Nullable JsonNode data, Answer answer) throws Refusal;
    }

    private static final Map<String, Request> REQUESTS = Map.of(
            "join.conversation", ChatClient::join,
            "leave.conversation", ChatClient::leave,
            "feed.open", ChatClient::openFeed,
            "typing", ChatClient::typing,
            "presence", ChatClient::presence,
            "auth.renew", ChatClient::renew,
            "ping", (client, data, answer) -> answer.send(Answers.OK));

    private final Chat chat;
    private final String userId;
    private final ClientLink link;
    private final Rooms rooms;
    private final Feeds feeds;
    private final ChatSettings limits;
    private final Lease lease;
    private final Runnable onGone;
    private final RequestRate typing;
    private final Set<UUID> joined = ConcurrentHashMap.newKeySet();

    /** Rooms that are continued when the queue has room again. */
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    private final AtomicInteger joining = new AtomicInteger();
    private final AtomicBoolean gone = new AtomicBoolean();

    ChatClient(
            Chat chat,
            Caller caller,
            ClientLink link,
            Rooms rooms,
            Feeds feeds,
            ChatSettings limits,
            Lease lease,
            Runnable onGone) {
        this.chat = chat;
        this.userId = caller.userId().value();
        this.link = link;
        this.rooms = rooms;
        this.feeds = feeds;
        this.limits = limits;
        this.lease = lease;
        this.onGone = onGone;
        this.typing = new RequestRate(limits.typingPerSecond(), limits.typingPerSecond(), System.nanoTime());
    }

    /** The events that a client may send. */
    public static Set<String> requests() {
        return REQUESTS.keySet();
    }

    /**
     * Carries out one request and answers it, now or later.
     *
     * @param event name of the event that the client sent
     * @param data its data, null if it came without
     */
    public void request(String event, @Nullable JsonNode data, Answer answer) {
        try {
            Request request = REQUESTS.get(event);
            if (request == null) {
                throw new Refusal(ErrorCode.BAD_REQUEST, "There is no event \"" + event + "\".");
            }
            request.carryOut(this, data, answer);
        } catch (Refusal e) {
            answer.refuse(e);
        }
    }

    /** Joins a room that the client was in before it lost its connection; one that refuses is told as left. */
    public void resume(UUID conversationId, long pos, String epoch) {
        enter(conversationId, new JoinPosition(null, pos, epoch), result -> {
            if (!(result instanceof Joined) && !(result instanceof Superseded)) {
                link.sendUrgent("conversation.left", Answers.conversation(conversationId));
            }
        });
    }

    /** Leaves all rooms, for good. */
    public void disconnected() {
        if (gone.compareAndSet(false, true)) {
            lease.release();
            rooms.leaveAll(this, List.copyOf(joined));
            feeds.leave(this);
            onGone.run();
        }
    }

    @Override
    public String userId() {
        return userId;
    }

    @Override
    public boolean isGone() {
        return gone.get();
    }

    @Override
    public boolean offer(RoomEvent event) {
        return link.send(event);
    }

    @Override
    public void sendVolatile(RoomEvent event) {
        if (link.isDrained()) {
            // What is lost here was worth something only at this moment.
            var unused = link.send(event);
        }
    }

    @Override
    public void whenDrained(Runnable action) {
        waiting.add(action);
        link.whenDrained(this::drained);
    }

    /** The link calls back once for all rooms. */
    private void drained() {
        for (int turns = waiting.size(); turns > 0; turns--) {
            Runnable action = waiting.poll();
            if (action != null) {
                action.run();
            }
        }
    }

    @Override
    public void tell(String event, String json) {
        link.sendUrgent(event, json);
    }

    @Override
    public void resync(UUID conversationId, long after, long pos) {
        link.sendUrgent("resync", Answers.position(conversationId, after, pos));
    }

    @Override
    public void evicted(UUID conversationId) {
        link.sendUrgent("conversation.left", Answers.conversation(conversationId));
        out(conversationId);
    }

    /**
     * Goes on with another token of the same user.
     *
     * @throws Refusal with {@link ErrorCode#BAD_REQUEST} if it is another user's
     */
    public void renew(Caller caller) throws Refusal {
        if (!caller.userId().value().equals(userId)) {
            throw new Refusal(ErrorCode.BAD_REQUEST, "This connection is another user's: open a new one.");
        }
        lease.extend(caller);
    }

    private void renew(@Nullable JsonNode data, Answer answer) throws Refusal {
        Caller caller = chat.identify(data);
        renew(caller);
        Instant until = caller.validUntil();
        answer.send(until == null ? Answers.OK : Answers.renewed(until));
    }

    private void join(@Nullable JsonNode data, Answer answer) throws Refusal {
        UUID conversationId = Requests.conversationId(data);
        var position = new JoinPosition(Requests.after(data), Requests.pos(data), Requests.epoch(data));
        if (joining.get() >= limits.joinsInFlight()) {
            throw new Refusal(ErrorCode.LIMIT_EXCEEDED, "Too many joins at once: wait for some answers.");
        }
        if (!joined.contains(conversationId) && joined.size() + joining.get() >= limits.roomsPerConnection()) {
            throw new Refusal(ErrorCode.LIMIT_EXCEEDED, "Too many conversations on one connection: leave one.");
        }
        enter(conversationId, position, result -> Answers.join(result, answer));
    }

    private void enter(UUID conversationId, JoinPosition position, Consumer<JoinResult> answer) {
        joining.incrementAndGet();
        rooms.join(this, conversationId, position, result -> entered(conversationId, result, answer));
    }

    /** Without data, and without a cursor in it, the client has nothing yet. */
    private void openFeed(@Nullable JsonNode data, Answer answer) throws Refusal {
        feeds.open(this, Requests.cursor(data), result -> Answers.feed(result, answer));
        if (gone.get()) {
            feeds.leave(this);
        }
    }

    private void leave(@Nullable JsonNode data, Answer answer) throws Refusal {
        UUID conversationId = Requests.conversationId(data);
        rooms.leave(this, conversationId, () -> out(conversationId));
        answer.send(Answers.left(conversationId));
    }

    /** Tells the others in the room. Requests over the rate are answered and dropped, and so are events for busy connections. */
    private void typing(@Nullable JsonNode data, Answer answer) throws Refusal {
        UUID conversationId = joinedConversation(data);
        boolean isTyping = Requests.flag(data, "typing");
        if (typing.count() == RequestRate.Verdict.SERVE
                && !rooms.sendVolatile(this, RoomEvent.typing(conversationId, userId, isTyping))) {
            throw notJoined();
        }
        answer.send(Answers.OK);
    }

    /** Answers with the users that are present, and tells of changes from now on. */
    private void presence(@Nullable JsonNode data, Answer answer) throws Refusal {
        UUID conversationId = joinedConversation(data);
        PresenceList present = rooms.watch(this, conversationId);
        if (present == null) {
            throw notJoined();
        }
        answer.send(Answers.present(conversationId, present));
    }

    private UUID joinedConversation(@Nullable JsonNode data) throws Refusal {
        UUID conversationId = Requests.conversationId(data);
        if (!joined.contains(conversationId)) {
            throw notJoined();
        }
        return conversationId;
    }

    private static Refusal notJoined() {
        return new Refusal(ErrorCode.NOT_FOUND, "You have not joined such a conversation on this connection.");
    }

    /** Called under the room's lock, as all that says whether this client is in it; a superseded join changes nothing. */
    private void entered(UUID conversationId, JoinResult result, Consumer<JoinResult> answer) {
        joining.decrementAndGet();
        if (result instanceof Joined room) {
            joined.add(conversationId);
            if (gone.get()) {
                // The client went away while the table was asked.
                rooms.leave(this, conversationId, () -> out(conversationId));
                return;
            }
            link.entered(conversationId, room.position(), room.epoch());
        }
        answer.accept(result);
        if (!(result instanceof Joined) && !(result instanceof Superseded)) {
            out(conversationId);
        }
    }

    private void out(UUID conversationId) {
        joined.remove(conversationId);
        link.left(conversationId);
    }
}
