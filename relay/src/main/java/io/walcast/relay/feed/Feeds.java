package io.walcast.relay.feed;

import io.walcast.relay.feed.FollowedConversation.Broadcast;
import io.walcast.relay.feed.Notice.Key;
import io.walcast.relay.feed.Notice.Kind;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.runtime.Tasks;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * All feeds of this process: the live lists of conversations of its connected users. Thread-safe; events of one
 * conversation must come in order.
 */
@Component
public final class Feeds {

    private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);

    private record Place(UserFeed user, FeedConnection connection) {}

    private final Tasks tasks;
    private final FeedReader reader;
    private final FeedSettings settings;
    private final FeedMeters meters;
    private final FollowedConversations conversations;
    private final Map<String, UserFeed> users = new ConcurrentHashMap<>();
    private final Map<FeedClient, Place> places = new ConcurrentHashMap<>();

    @Autowired
    Feeds(FeedTables tables, FeedThreads threads, FeedSettings settings, FeedMeters meters) {
        this(tables, threads.tasks(), settings, meters);
    }

    Feeds(FeedTables tables, Tasks tasks, FeedSettings settings, FeedMeters meters) {
        this.tasks = tasks;
        this.reader = new FeedReader(tables, tasks);
        this.settings = settings;
        this.meters = meters;
        this.conversations = new FollowedConversations(settings.maxFollowed());
        meters.count(places, conversations);
    }

    /**
     * Opens the client's feed, in place of one that it has.
     *
     * <p>Returns at once. {@code answer} is called exactly once, before anything of the feed is queued for the client.
     *
     * @param cursor the last one that the client got; null if it has none
     */
    public void open(FeedClient client, @Nullable String cursor, Consumer<FeedResult> answer) {
        Consumer<FeedResult> counted = result -> {
            meters.opened(result);
            answer.accept(result);
        };
        Cursor given;
        try {
            given = cursor == null ? null : Cursor.parse(cursor);
        } catch (IllegalArgumentException e) {
            counted.accept(new FeedResult.Malformed());
            return;
        }
        var connection = new FeedConnection(client, counted, () -> ended(client));
        UserFeed user;
        do {
            user = users.compute(
                    client.userId(),
                    (id, known) -> known == null || known.isRetired()
                            ? new UserFeed(id, conversations, reader, settings.cursorInterval())
                            : known);
        } while (!user.enter(connection));
        Place before = places.put(client, new Place(user, connection));
        if (before != null) {
            end(before);
        }
        reader.open(user, connection, given);
    }

    /**
     * Ends the client's feed, on another thread: the connection may have ended while this thread held the monitor of a
     * feed, and one thread never holds two.
     */
    public void leave(FeedClient client) {
        Place place = places.remove(client);
        if (place != null) {
            tasks.execute(() -> end(place));
        }
    }

    private static void end(Place place) {
        place.user().leave(place.connection(), new FeedResult.Superseded());
    }

    /** Removes a feed that has ended. Called with its user's monitor held. */
    private void ended(FeedClient client) {
        tasks.execute(() -> {
            places.computeIfPresent(client, (any, place) -> place.connection().isEnded() ? null : place);
            users.computeIfPresent(client.userId(), (id, user) -> user.isRetired() ? null : user);
        });
    }

    /**
     * Delivers a row to the feeds.
     *
     * @param subject the meaning of the row
     * @param eventKey of the row: the conversation's id
     */
    public void delivered(FeedSubject subject, String eventKey, String payload) {
        if (users.isEmpty()) {
            return;
        }
        UUID conversationId = UUID.fromString(eventKey);
        try {
            if (subject == FeedSubject.READ) {
                read(conversationId, payload);
            } else if (subject.tellsMembers() || conversations.get(conversationId) != null) {
                changed(subject, conversationId, payload);
            }
        } catch (IllegalArgumentException e) {
            LOG.warn("Feeds cannot use an event of conversation {}: {}", conversationId, e.getMessage());
            doubt(conversationId);
        }
    }

    /**
     * Handles a row that will not be delivered. If it was about a membership, its user is unknown, so every feed reads
     * the tables.
     */
    public void lost(FeedSubject subject, UUID conversationId) {
        if (subject.tellsMembers()) {
            resyncFromTable();
        } else {
            doubt(conversationId);
        }
    }

    /** Makes the followers of a conversation read the tables: one of its events will not be delivered. */
    public void doubt(UUID conversationId) {
        FollowedConversation conversation = conversations.get(conversationId);
        if (conversation != null) {
            conversation.followers().forEach(UserFeed::doubted);
        }
    }

    /** Makes every feed read the tables: another process may have delivered events that this one never saw. */
    public void resyncFromTable() {
        users.values().forEach(UserFeed::doubted);
    }

    /**
     * Ends every feed: the clients have data of another history. They get that answer when they open their feeds again.
     */
    public void closeAll() {
        users.values().forEach(UserFeed::closeAll);
    }

    private void read(UUID conversationId, String payload) {
        UserFeed user = users.get(StreamEvent.reader(payload));
        if (user != null) {
            user.tell(latest(Kind.READ, conversationId, "conversation.read", payload));
        }
    }

    private void changed(FeedSubject subject, UUID conversationId, String payload) {
        StreamEvent event = StreamEvent.parse(subject, payload);
        for (StreamEvent.Member member : event.members()) {
            UserFeed user = users.get(member.userId());
            if (user != null && member.present()) {
                user.added(conversationId, member.version(), event.pos());
            } else if (user != null) {
                user.removed(conversationId, member.version());
            }
        }
        FollowedConversation conversation = conversations.get(conversationId);
        Broadcast broadcast =
                conversation == null || subject == FeedSubject.CREATION ? null : conversation.accept(event);
        if (broadcast == null) {
            return;
        }
        Activity activity = broadcast.activity();
        Notice title = subject == FeedSubject.TITLE
                ? latest(Kind.TITLE, conversationId, "conversation.changed", StreamEvent.withoutPlace(payload))
                : null;
        for (UserFeed follower : broadcast.followers()) {
            if (title != null) {
                follower.tell(title);
            }
            if (activity != null) {
                follower.tell(activity);
            } else {
                Activity.Newest newest = event.newest();
                follower.read(conversationId, 0, newest == null ? 0 : newest.seq());
            }
        }
    }

    private static Notice latest(Kind kind, UUID conversationId, String name, String payload) {
        return new Notice.Latest(new Key(kind, conversationId), RoomEvent.notice(conversationId, name, payload));
    }
}
