package io.walcast.relay.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walcast.relay.runtime.ManualTasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The index of followed conversations and the merging, without sockets and without a database. */
class FeedsTest {

    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);
    private static final UUID THREE = new UUID(0, 3);

    private final ManualTasks tasks = new ManualTasks();
    private final TestTables tables = new TestTables();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Feeds feeds = feeds(4);
    private final TestClient ada = new TestClient("ada");
    private final List<FeedResult> results = new ArrayList<>();

    private Feeds feeds(int budget) {
        return new Feeds(tables, tasks, new FeedSettings(budget, Duration.ofMinutes(1)), new FeedMeters(registry));
    }

    private void open(TestClient client, String cursor) {
        feeds.open(client, cursor, results::add);
        tasks.run();
    }

    private void message(UUID id, long pos) {
        feeds.delivered(
                FeedSubject.OTHER,
                id.toString(),
                "{\"pos\":" + pos + ",\"message\":{\"seq\":" + pos + ",\"createdAt\":\"t\",\"content\":\"c\"}}");
    }

    private void reaction(UUID id, long pos) {
        feeds.delivered(FeedSubject.OTHER, id.toString(), "{\"pos\":" + pos + "}");
    }

    private void member(FeedSubject subject, UUID id, long pos, String role) {
        feeds.delivered(
                subject, id.toString(), "{\"userId\":\"ada\",\"pos\":" + pos + ",\"version\":" + pos + role + "}");
    }

    private static String row(UUID id, long pos) {
        return "conversation.activity row " + TestTables.name(id) + " " + pos;
    }

    private static String activity(UUID id, long pos) {
        return "conversation.activity {\"conversationId\":\"" + id + "\",\"lastPos\":" + pos + ",\"version\":" + pos
                + ",\"lastSeq\":" + pos
                + ",\"updatedAt\":\"t\",\"lastMessage\":{\"seq\":" + pos
                + ",\"createdAt\":\"t\",\"content\":\"c\"}}";
    }

    private static String gone(UUID id) {
        return "conversation.gone {\"conversationId\":\"" + id + "\"}";
    }

    /** What was told but cursors. */
    private static List<String> told(TestClient client) {
        return client.told().stream()
                .filter(each -> !each.startsWith("feed.cursor"))
                .toList();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    void beginsWithRowsThenTheCursorAndGoesOnLive() {
        tables.put(ONE, 1, 5);
        tables.put(TWO, 1, 6);
        open(ada, null);

        assertThat(results).containsExactly(new FeedResult.Opened("e/"));
        assertThat(ada.told()).containsExactly(row(ONE, 5), row(TWO, 6), "feed.cursor {\"cursor\":\"e/102:102:\"}");
        message(ONE, 6);
        assertThat(ada.told()).containsExactly(activity(ONE, 6));
        message(THREE, 1);
        assertThat(ada.told()).isEmpty();
    }

    @Test
    void aCursorLeavesOutWhatItShows() {
        tables.put(ONE, 1, 5);
        tables.put(TWO, 1, 6);
        open(ada, "e/101:101:");

        assertThat(told(ada)).containsExactly(row(TWO, 6));
    }

    @Test
    void aCursorOfAnotherHistoryAndOneThatIsNoneAreRefused() {
        open(ada, "other/1:1:");
        open(ada, "e/x");

        assertThat(results).containsExactly(new FeedResult.HistoryChanged(), new FeedResult.Malformed());
        assertThat(gauge("walcast.feed.followed")).isZero();
    }

    /** Broadcast after the list was read, and before its conversations were known here. */
    @Test
    void whatIsDeliveredWhileTheListIsReadIsTold() {
        tables.put(ONE, 1, 5);
        tables.meanwhile = () -> {
            tables.put(ONE, 1, 6);
            message(ONE, 6);
        };
        open(ada, null);
        assertThat(told(ada)).containsExactly(row(ONE, 5));

        tasks.pass(Duration.ofSeconds(1));
        assertThat(told(ada)).containsExactly(row(ONE, 6));
        tasks.pass(Duration.ofMinutes(5));
        assertThat(told(ada)).isEmpty();
    }

    /** The WAL shows a commit before the tables do; a standby that is away can make that long. */
    @Test
    void whatWasDeliveredBeforeAndIsNotVisibleYetIsToldOnceItIs() {
        tables.put(ONE, 1, 5);
        message(ONE, 6);
        tables.oldest = tables.next;
        open(ada, null);
        tasks.pass(Duration.ofSeconds(3));
        assertThat(told(ada)).containsExactly(row(ONE, 5));

        tables.put(ONE, 1, 6);
        tables.oldest = Long.MAX_VALUE;
        tasks.pass(Duration.ofMinutes(2));
        assertThat(told(ada)).containsExactly(row(ONE, 6));
    }

    @Test
    void activitiesOfOneConversationAreMergedWhileTheClientIsSlow() {
        tables.put(ONE, 1, 5);
        tables.put(TWO, 1, 5);
        open(ada, null);
        ada.told();
        ada.hasRoomFor(0);
        for (long pos = 6; pos <= 1_000; pos++) {
            message(ONE, pos);
        }
        message(TWO, 6);
        // Says nothing about the newest message, which must not get lost by it.
        reaction(TWO, 7);
        tasks.run();
        assertThat(ada.told()).isEmpty();

        ada.hasRoomFor(10);
        tasks.run();
        List<String> told = told(ada);
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).isEqualTo(activity(ONE, 1_000));
        assertThat(told.get(1)).contains("\"lastPos\":7", "\"lastSeq\":6");
    }

    @Test
    void aSlowClientGetsItsRowsAtItsOwnSpeedAndTheCursorAfterThem() {
        tables.put(ONE, 1, 5);
        tables.put(TWO, 1, 6);
        ada.hasRoomFor(1);
        open(ada, null);
        assertThat(ada.told()).containsExactly(row(ONE, 5));
        tables.put(TWO, 1, 7);
        message(TWO, 7);

        ada.hasRoomFor(10);
        tasks.run();
        assertThat(ada.told())
                .containsExactly(row(TWO, 6), "feed.cursor {\"cursor\":\"e/102:102:\"}", activity(TWO, 7));
    }

    @Test
    void aConversationAppearsOnceTheTableShowsIt() {
        open(ada, null);
        tasks.pass(Duration.ofSeconds(1));
        ada.told();
        member(FeedSubject.ADDITION, ONE, 7, ",\"role\":\"member\"");
        message(ONE, 8);
        tasks.pass(Duration.ofMillis(100));
        assertThat(ada.told()).isEmpty();

        tables.put(ONE, 7, 8);
        tasks.pass(Duration.ofMillis(500));
        assertThat(told(ada)).containsExactly(row(ONE, 8));
        message(ONE, 9);
        assertThat(told(ada)).containsExactly(activity(ONE, 9));
    }

    @Test
    void aMembershipThatTheTableNeverShowsIsForgotten() {
        open(ada, null);
        ada.told();
        member(FeedSubject.ADDITION, ONE, 7, ",\"role\":\"member\"");
        message(ONE, 8);
        tasks.pass(Duration.ofSeconds(30));

        assertThat(told(ada)).containsExactly(gone(ONE));
        assertThat(gauge("walcast.feed.followed")).isZero();
    }

    /** As while a synchronous standby is away: the WAL shows the commit, and for a minute no snapshot does. */
    @Test
    void aMembershipWhoseCommitWaitsAppearsHoweverLongThatTakes() {
        open(ada, null);
        tasks.pass(Duration.ofSeconds(1));
        ada.told();
        tables.oldest = tables.next;
        member(FeedSubject.ADDITION, ONE, 7, ",\"role\":\"member\"");
        tasks.pass(Duration.ofMinutes(1));
        assertThat(told(ada)).isEmpty();

        tables.put(ONE, 7, 8);
        tables.oldest = Long.MAX_VALUE;
        tasks.pass(Duration.ofMinutes(2));
        assertThat(told(ada)).contains(row(ONE, 8)).doesNotContain(gone(ONE));
    }

    @Test
    void aRemovalIsToldAtOnceAndNothingAfterIt() {
        tables.put(ONE, 1, 5);
        open(ada, null);
        ada.told();
        ada.hasRoomFor(0);
        message(ONE, 6);
        member(FeedSubject.MEMBERSHIP, ONE, 7, "");
        message(ONE, 8);
        assertThat(ada.told()).containsExactly(gone(ONE));

        // The table does not show it yet.
        ada.hasRoomFor(10);
        feeds.resyncFromTable();
        tasks.pass(Duration.ofSeconds(1));
        assertThat(told(ada)).isEmpty();
        assertThat(gauge("walcast.feed.followed")).isZero();
    }

    @Test
    void aRemovalWhileTheListIsReadIsNotUndoneByIt() {
        tables.put(ONE, 1, 5);
        tables.meanwhile = () -> member(FeedSubject.MEMBERSHIP, ONE, 6, "");
        open(ada, "e/1:1:");

        assertThat(told(ada)).containsExactly(gone(ONE));
        message(ONE, 7);
        assertThat(ada.told()).isEmpty();
    }

    @Test
    void anOlderEventThatComesAgainChangesNothing() {
        tables.put(ONE, 9, 9);
        open(ada, null);
        ada.told();
        message(ONE, 9);
        assertThat(ada.told()).containsExactly(activity(ONE, 9));
        member(FeedSubject.MEMBERSHIP, ONE, 7, "");
        message(ONE, 8);
        assertThat(ada.told()).isEmpty();
    }

    @Test
    void membershipsThatEndedSinceTheCursorAreGone() {
        tables.put(ONE, 1, 5);
        tables.put(TWO, 1, 5);
        tables.end(ONE, 6);
        open(ada, "e/102:102:");

        assertThat(told(ada)).containsExactly(gone(ONE));
    }

    /** Another relay delivered. */
    @Test
    void aResyncTellsWhatTheStreamDidNot() {
        tables.put(ONE, 1, 5);
        tables.put(TWO, 1, 5);
        open(ada, null);
        tasks.pass(Duration.ofSeconds(1));
        ada.told();
        tables.put(ONE, 1, 6);
        tables.put(THREE, 1, 1);
        tables.end(TWO, 6);
        feeds.resyncFromTable();
        tasks.pass(Duration.ofSeconds(1));

        assertThat(told(ada)).containsExactlyInAnyOrder(row(ONE, 6), row(THREE, 1), gone(TWO));
    }

    @Test
    void aMembershipThatEndedWithoutATraceIsFoundByAResync() {
        tables.put(ONE, 1, 5);
        open(ada, null);
        tasks.pass(Duration.ofSeconds(1));
        ada.told();
        tables.states.clear();
        feeds.resyncFromTable();
        tasks.pass(Duration.ofSeconds(1));

        assertThat(told(ada)).containsExactly(gone(ONE));
    }

    @Test
    void theCursorIsRenewedAfterAChangeAndNotBeforeItsTime() {
        tables.put(ONE, 1, 5);
        open(ada, null);
        tasks.pass(Duration.ofSeconds(1));
        ada.told();
        tables.put(ONE, 1, 6);
        message(ONE, 6);
        tasks.pass(Duration.ofSeconds(50));
        assertThat(ada.told()).containsExactly(activity(ONE, 6));

        tasks.pass(Duration.ofMinutes(1));
        assertThat(ada.told()).hasSize(1).allMatch(each -> each.startsWith("feed.cursor"));
        tasks.pass(Duration.ofHours(1));
        assertThat(ada.told()).isEmpty();
    }

    /** An event that was parked: the stream never brings it. */
    @Test
    void theCursorIsNotRenewedPastWhatTheStreamDidNotBring() {
        tables.put(ONE, 1, 5);
        tables.put(TWO, 1, 5);
        open(ada, null);
        tasks.pass(Duration.ofSeconds(1));
        ada.told();
        tables.put(TWO, 1, 6);
        tables.put(ONE, 1, 6);
        message(ONE, 6);
        tasks.pass(Duration.ofMinutes(2));

        assertThat(ada.told()).hasSize(3).startsWith(activity(ONE, 6), row(TWO, 6));
    }

    @Test
    void connectionsOfAUserShareWhatTheyFollowAndTheBudgetIsKept() {
        tables.put(ONE, 1, 5);
        tables.put(TWO, 1, 5);
        tables.put(THREE, 1, 5);
        var second = new TestClient("ada");
        open(ada, null);
        open(second, null);
        assertThat(gauge("walcast.feed.followed")).isEqualTo(3);
        assertThat(gauge("walcast.feed.followers")).isEqualTo(2);

        open(new TestClient("grace"), null);
        assertThat(results).last().isEqualTo(new FeedResult.LimitExceeded());
        assertThat(gauge("walcast.feed.followed")).isEqualTo(3);

        feeds.leave(ada);
        feeds.leave(second);
        tasks.run();
        assertThat(gauge("walcast.feed.followed")).isZero();
        assertThat(gauge("walcast.feed.conversations")).isZero();
        open(new TestClient("grace"), null);
        assertThat(results).last().isInstanceOf(FeedResult.Opened.class);
    }

    @Test
    void openingAgainReplacesTheFeed() {
        tables.put(ONE, 1, 5);
        open(ada, null);
        open(ada, null);
        ada.told();
        message(ONE, 6);

        assertThat(ada.told()).containsExactly(activity(ONE, 6));
        assertThat(gauge("walcast.feed.followers")).isEqualTo(1);
    }

    @Test
    void anotherHistoryEndsEveryFeed() {
        tables.put(ONE, 1, 5);
        open(ada, null);
        tasks.pass(Duration.ofSeconds(1));
        ada.told();
        tables.epoch = "other";
        feeds.resyncFromTable();
        tasks.pass(Duration.ofMillis(1));

        assertThat(ada.told()).containsExactly("feed.closed {}");
        open(ada, "e/1:1:");
        assertThat(results).last().isEqualTo(new FeedResult.HistoryChanged());
    }

    /** A row of the release before, which knows no log. */
    @Test
    void anEventWithoutAPlaceHasTheTableRead() {
        tables.put(ONE, 1, 5);
        open(ada, null);
        ada.told();
        feeds.delivered(FeedSubject.OTHER, ONE.toString(), "{\"message\":{\"seq\":6,\"createdAt\":\"t\"}}");
        tasks.run();
        assertThat(ada.told()).isEmpty();

        tables.put(ONE, 1, 6);
        tasks.pass(Duration.ofMillis(200));
        assertThat(told(ada)).containsExactly(row(ONE, 6));
    }

    @Test
    void onesOwnReadMarkerAndTitlesArePassedOn() {
        tables.put(ONE, 1, 5);
        open(ada, null);
        ada.told();
        String read = "{\"conversationId\":\"" + ONE + "\",\"userId\":\"%s\",\"seq\":4}";
        feeds.delivered(FeedSubject.READ, ONE.toString(), read.formatted("ada"));
        feeds.delivered(FeedSubject.READ, ONE.toString(), read.formatted("grace"));
        feeds.delivered(FeedSubject.TITLE, ONE.toString(), "{\"from\":5,\"pos\":6,\"version\":6}");

        assertThat(ada.told())
                .containsExactly(
                        "conversation.read " + read.formatted("ada"),
                        "conversation.changed {\"version\":6}",
                        "conversation.activity {\"conversationId\":\"" + ONE + "\",\"lastPos\":6,\"version\":6}");
    }
}
