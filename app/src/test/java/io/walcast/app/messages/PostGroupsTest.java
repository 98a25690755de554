package io.walcast.app.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.walcast.app.messages.PendingPost.Outcome;
import io.walcast.app.messages.PostGroups.Group;
import io.walcast.app.problems.ProblemException;
import io.walcast.identity.UserId;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.util.unit.DataSize;

/** Which posts share a statement, by a writer that writes when the test says so. */
@Timeout(30)
class PostGroupsTest {

    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);

    /** A statement on its way. */
    private static final class Statement {

        final Group group;
        private final LinkedBlockingQueue<List<PendingPost>> locked = new LinkedBlockingQueue<>();

        Statement(Group group) {
            this.group = group;
        }

        List<String> contents() {
            return group.posts().stream().map(post -> post.post.content()).toList();
        }

        void end() {
            locked.add(List.of());
        }

        /** As if another transaction had the conversation. */
        void endWithout(UUID conversation) {
            locked.add(group.posts().stream()
                    .filter(post -> post.conversationId().equals(conversation))
                    .toList());
        }
    }

    private final LinkedBlockingQueue<Statement> begun = new LinkedBlockingQueue<>();
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    /** Posts that a writer has been given, those that it gave back counted again. */
    private final AtomicInteger led = new AtomicInteger();

    @AfterEach
    void stopClients() {
        clients.shutdownNow();
    }

    @Test
    void aLonePostIsWrittenOnItsOwnThread() {
        var threads = new ArrayList<Thread>();
        var groups = new PostGroups(
                group -> {
                    threads.add(Thread.currentThread());
                    group.posts().forEach(PostGroupsTest::store);
                    return List.of();
                },
                settings(1, 64, Duration.ofSeconds(3)),
                meters);

        assertThat(groups.write(post(A, "1", null))).isInstanceOf(Outcome.Stored.class);
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    @Test
    void postsThatArriveWhileAStatementIsOnItsWayLeaveTogetherInTheirOrder() throws Exception {
        var groups = groups(settings(1, 64, Duration.ofSeconds(20)));
        var first = send(groups, A, "1");
        var statement = begun.take();
        var others = List.of(send(groups, A, "2"), send(groups, B, "3"), send(groups, A, "4"));
        statement.end();

        var second = begun.take();
        assertThat(second.contents()).containsExactly("2", "3", "4");
        second.end();
        first.get();
        for (var other : others) {
            other.get();
        }
        assertThat(written).containsExactly("1", "2", "3", "4");
        assertThat(begun).isEmpty();
    }

    @Test
    void twoStatementsAreOnTheirWayForTwoConversationsButNotForOne() throws Exception {
        var groups = groups(settings(2, 64, Duration.ofSeconds(20)));
        var sent = List.of(send(groups, A, "1"), send(groups, A, "2"), send(groups, B, "3"));
        var first = begun.take();
        var second = begun.take();
        assertThat(first.contents()).containsExactly("1");
        assertThat(second.contents()).containsExactly("3");

        first.end();
        var third = begun.take();
        assertThat(third.contents()).containsExactly("2");
        second.end();
        third.end();
        for (var post : sent) {
            post.get();
        }
    }

    @Test
    void aHotConversationGetsAQuarterOfAGroupWhileOthersWait() throws Exception {
        var groups = groups(settings(1, 8, Duration.ofSeconds(20)));
        var sent = new ArrayList<Future<Outcome>>();
        sent.add(send(groups, B, "first"));
        var statement = begun.take();
        for (int i = 0; i < 10; i++) {
            sent.add(send(groups, A, "hot" + i));
        }
        for (int i = 0; i < 6; i++) {
            sent.add(send(groups, new UUID(1, i), "other" + i));
        }
        statement.end();

        var next = begun.take();
        assertThat(next.contents())
                .containsExactly("hot0", "hot1", "other0", "other1", "other2", "other3", "other4", "other5");
        next.end();
        var last = begun.take();
        assertThat(last.contents()).containsExactly("hot2", "hot3", "hot4", "hot5", "hot6", "hot7", "hot8", "hot9");
        last.end();
        for (var post : sent) {
            post.get();
        }
    }

    @Test
    void equalKeysAreNeverInOneStatement() throws Exception {
        var groups = groups(settings(2, 64, Duration.ofSeconds(20)));
        var first = send(groups, post -> post(A, "1", "key"));
        var statement = begun.take();
        var second = send(groups, post -> post(B, "2", "key"));
        var third = send(groups, post -> post(B, "3", "other"));
        assertThat(begun).isEmpty();
        statement.end();

        var next = begun.take();
        assertThat(next.contents()).containsExactly("2", "3");
        next.end();
        first.get();
        second.get();
        third.get();
    }

    @Test
    void aConversationThatAnotherTransactionHasLockedWaitsApart() throws Exception {
        var groups = groups(settings(1, 64, Duration.ofSeconds(20)));
        var locked = send(groups, A, "1");
        begun.take().endWithout(A);
        var awaiting = begun.take();
        assertThat(awaiting.group.awaitsLocks()).isTrue();
        assertThat(awaiting.contents()).containsExactly("1");

        var later = send(groups, A, "2");
        var other = send(groups, B, "3");
        var ordinary = begun.take();
        assertThat(ordinary.contents()).containsExactly("3");
        ordinary.end();
        other.get();

        awaiting.end();
        locked.get();
        var rest = begun.take();
        assertThat(rest.contents()).containsExactly("2");
        rest.end();
        later.get();
        assertThat(written).containsExactly("3", "1", "2");

        send(groups, A, "4");
        var free = begun.take();
        assertThat(free.group.awaitsLocks()).isFalse();
        free.end();
    }

    @Test
    void aPostThatWaitsForTooLongIsNotWritten() throws Exception {
        var groups = groups(settings(1, 64, Duration.ofMillis(100)));
        var first = send(groups, A, "1");
        var statement = begun.take();
        var second = send(groups, A, "2");

        assertThatThrownBy(second::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ProblemException.class)
                .hasMessageContaining("overloaded");
        assertThat(first.isDone()).isFalse();
        statement.end();
        first.get();
        assertThat(written).containsExactly("1");
        assertThat(begun).isEmpty();
    }

    @Test
    void aPostThatIsBeingWrittenWaitsWithoutSpinningHoweverLateItIs() throws Exception {
        var groups = groups(settings(1, 64, Duration.ofSeconds(1)));
        var first = send(groups, A, "1");
        var statement = begun.take();
        var others = List.of(
                new Thread(() -> groups.write(post(A, "2", null))), new Thread(() -> groups.write(post(A, "3", null))));
        others.forEach(Thread::start);
        await().until(() -> meters.get("walcast.posts.waiting").gauge().value() == 2);
        statement.end();
        var late = begun.take();
        assertThat(late.contents()).hasSize(2);

        var cpu = ManagementFactory.getThreadMXBean();
        await().during(Duration.ofSeconds(2))
                .until(() -> others.stream().allMatch(thread -> cpu.getThreadCpuTime(thread.getId()) < 500_000_000));
        late.end();
        first.get();
        for (var other : others) {
            other.join();
        }
        assertThat(written).hasSize(3);
    }

    @Test
    void noMorePostsWaitThanMay() throws Exception {
        var groups = groups(new PostSettings(1, 64, DataSize.ofMegabytes(1), 1, Duration.ofSeconds(20)));
        var first = send(groups, A, "1");
        var statement = begun.take();
        var second = send(groups, A, "2");
        await().until(() -> meters.get("walcast.posts.waiting").gauge().value() == 1);

        assertThatThrownBy(() -> groups.write(post(B, "3", null))).isInstanceOf(ProblemException.class);

        statement.end();
        begun.take().end();
        first.get();
        second.get();
    }

    @Test
    void aPostThatFindsItsConversationLockedIsTriedAgainAtOnce() throws Exception {
        var groups = groups(settings(1, 64, Duration.ofSeconds(20)));
        var locked = send(groups, A, "1");
        begun.take().endWithout(A);

        var awaiting = begun.poll(500, TimeUnit.MILLISECONDS);
        assertThat(awaiting).isNotNull();
        awaiting.end();
        locked.get();
    }

    @Test
    void lockedConversationsLeaveRoomForOthers() throws Exception {
        var groups = groups(new PostSettings(1, 1, DataSize.ofMegabytes(1), 8, Duration.ofSeconds(20)));
        var sent = new ArrayList<Future<Outcome>>();
        sent.add(send(groups, A, "1"));
        begun.take().endWithout(A);
        var awaiting = begun.take();
        sent.add(send(groups, A, "2"));
        sent.add(send(groups, A, "3"));

        assertThatThrownBy(() -> groups.write(post(A, "one too many", null))).isInstanceOf(ProblemException.class);
        var other = send(groups, B, "4");
        begun.take().end();
        other.get();

        awaiting.end();
        for (int i = 0; i < 2; i++) {
            begun.take().end();
        }
        for (var post : sent) {
            post.get();
        }
    }

    @Test
    void aConversationThatIsNoLongerLockedIsAnOrdinaryOneThoughMorePostsWait() throws Exception {
        var groups = groups(settings(1, 1, Duration.ofSeconds(20)));
        var first = send(groups, A, "1");
        begun.take().endWithout(A);
        var awaiting = begun.take();
        var second = send(groups, A, "2");
        awaiting.end();
        first.get();

        var next = begun.take();
        assertThat(next.contents()).containsExactly("2");
        assertThat(next.group.awaitsLocks()).isFalse();
        next.end();
        second.get();
    }

    @Test
    void aWriterThatFailsLeavesItsPlaceAndNoPostWithoutAnOutcome() throws Exception {
        var fails = new CountDownLatch(1);
        var groups = new PostGroups(
                group -> {
                    led.addAndGet(group.posts().size());
                    begun.add(new Statement(group));
                    await().until(() -> fails.getCount() == 0);
                    throw new StackOverflowError("on purpose");
                },
                settings(1, 64, Duration.ofSeconds(20)),
                meters);
        var posts = new ArrayList<Future<Outcome>>();
        posts.add(send(groups, A, "1"));
        begun.take();
        posts.add(send(groups, A, "2"));
        posts.add(send(groups, B, "3"));
        fails.countDown();

        for (var post : posts) {
            assertThatThrownBy(post::get).isInstanceOf(ExecutionException.class);
        }
    }

    private PostGroups groups(PostSettings settings) {
        return new PostGroups(this::write, settings, meters);
    }

    private List<PendingPost> write(Group group) {
        var statement = new Statement(group);
        led.addAndGet(group.posts().size());
        begun.add(statement);
        try {
            List<PendingPost> locked = statement.locked.take();
            for (PendingPost post : group.posts()) {
                if (!locked.contains(post)) {
                    written.add(String.valueOf(post.post.content()));
                    store(post);
                }
            }
            return locked;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void store(PendingPost post) {
        post.complete(new Outcome.Stored(post.message(1, Instant.EPOCH, 1)));
    }

    private Future<Outcome> send(PostGroups groups, UUID conversation, String content) {
        return send(groups, ignored -> post(conversation, content, null));
    }

    /** Returns when the post waits or is being written, so that posts arrive in the order of these calls. */
    private Future<Outcome> send(PostGroups groups, java.util.function.Function<Void, PendingPost> make) {
        int arrivedBefore = arrived();
        var future = clients.submit(() -> groups.write(make.apply(null)));
        await().pollDelay(Duration.ZERO).until(() -> arrived() > arrivedBefore || future.isDone());
        return future;
    }

    private int arrived() {
        return (int) meters.get("walcast.posts.waiting").gauge().value() + led.get();
    }

    private static PendingPost post(UUID conversation, String content, String key) {
        return new PendingPost(
                UUID.randomUUID(),
                new UserId("u1"),
                new NewMessage(conversation, NewMessage.Type.TEXT, content, null),
                key,
                "{}");
    }

    private static PostSettings settings(int writers, int groupPosts, Duration maxWait) {
        return new PostSettings(writers, groupPosts, DataSize.ofMegabytes(1), 1_000, maxWait);
    }
}
