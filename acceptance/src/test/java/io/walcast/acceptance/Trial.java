package io.walcast.acceptance;

import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.Load.Posted;
import io.walcast.relay.kafka.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A running Walcast on a PostgreSQL of its own, with conversations that are posted to and listened to, in which
 * something is broken.
 *
 * <p>Every conversation has a client that resumes and one that joins once and stays. {@link Followers} are in all of them.
 * Used by one thread.
 */
public final class Trial implements AutoCloseable {

    /** What is broken, and mended as far as that is not Walcast's own business; when it returns, Walcast can recover. */
    @FunctionalInterface
    public interface Fault {
        void strike() throws Exception;
    }

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final int POSTS_BEFORE = 200;
    private static final int POSTS_AFTER = 200;
    private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(90);
    private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(60);
    private static final Duration COMPLETION_LIMIT = Duration.ofSeconds(60);

    private final TrialSetup setup;
    private final Database database;
    private final Deployment deployment;
    private final FaultyProxy clientNetwork;
    private final RestClient rest;
    private final List<UUID> conversations;
    private final List<Listener> resuming;
    private final List<Listener> staying;
    private final Followers followers;
    private @Nullable Load load;

    Trial(TrialSetup setup) {
        this.setup = setup;
        this.database = Database.start(setup.postgres);
        var directory = "%d-%d".formatted(ProcessHandle.current().pid(), COUNT.incrementAndGet());
        this.deployment = new Deployment(
                        setup.topology,
                        database,
                        setup.databaseThroughProxy,
                        Path.of("target", "walcast", directory).toAbsolutePath())
                .start();
        this.clientNetwork = FaultyProxy.to(deployment::nextGateway);
        this.rest = new RestClient(deployment.rest());
        this.conversations = Stream.generate(rest::createConversation)
                .limit(setup.conversations)
                .toList();
        IntSupplier gateway = setup.clientsThroughProxy ? clientNetwork::port : deployment::nextGateway;
        this.resuming = conversations.stream()
                .map(c ->
                        Listener.resuming(() -> WalcastProcess.uri("ws", gateway.getAsInt(), "/ws"), c, setup.patience))
                .toList();
        this.staying = conversations.stream()
                .map(c -> Listener.staying(WalcastProcess.uri("ws", deployment.liveGateway(), "/ws"), c))
                .toList();
        this.followers = Followers.start(
                database, conversations, path -> WalcastProcess.uri("ws", gateway.getAsInt(), path), setup.patience);
        await("every client has joined").until(() -> listeners().allMatch(Listener::joined));
        followers.awaitJoined();
    }

    /** A trial of the chosen topology with 120 writes a second to 5 conversations, and no proxies. */
    public static Trial start() {
        return with().start();
    }

    /** A trial that is not the usual. */
    public static TrialSetup with() {
        return new TrialSetup();
    }

    public Database database() {
        return database;
    }

    /** The process that reads the WAL; waits until there is one. */
    public WalcastProcess walcast() {
        return deployment.owner();
    }

    /** The process that takes posts. */
    public WalcastProcess app() {
        return deployment.rest();
    }

    /** All processes that read the WAL, or would if the one that does were gone. */
    public List<WalcastProcess> relays() {
        return deployment.relays();
    }

    /** All processes that serve clients. */
    public List<WalcastProcess> gateways() {
        return deployment.gateways();
    }

    /** The Kafka between relays and gateways, in a topology that has one. */
    public TestBroker broker() {
        return deployment.broker();
    }

    /** The relay that stands by for that one; the same if there is no other. */
    public WalcastProcess standbyOf(WalcastProcess relay) {
        return deployment.otherThan(relay);
    }

    /** Between that relay and PostgreSQL, if the setup has it so. */
    public FaultyProxy databaseNetworkOf(WalcastProcess relay) {
        return deployment.databaseNetworkOf(relay);
    }

    public RestClient rest() {
        return rest;
    }

    public List<UUID> conversations() {
        return conversations;
    }

    /** Between all of Walcast and PostgreSQL, if the setup has it so. */
    public FaultyProxy databaseNetwork() {
        return deployment.databaseNetwork();
    }

    /** Between the clients that resume and Walcast, if the setup has it so. */
    public FaultyProxy clientNetwork() {
        return clientNetwork;
    }

    /** The clients that resume, one for each conversation, in the order of these. */
    public List<Listener> resuming() {
        return resuming;
    }

    /** The clients that joined once. A relay that comes to stand by sends them away, and they are none any more. */
    public List<Listener> staying() {
        return setup.topology == Topology.ALONE
                ? staying
                : staying.stream().filter(Listener::joined).toList();
    }

    /** Posts, lets the fault strike under load, waits for the recovery, and tells what everyone saw. */
    public Verdict expose(String name, Fault fault) throws Exception {
        load = Load.start(rest, conversations, setup.writesPerSecond, setup.contentLength);
        awaitPosts(POSTS_BEFORE);
        awaitSteadyDelivery();
        var struckAt = Instant.now();
        var struck = System.nanoTime();
        fault.strike();
        var mended = System.nanoTime();
        var recovery = awaitDelivery();
        awaitPosts(load.posted().size() + POSTS_AFTER);
        load.stop();
        var completed = awaitCompletion();
        var verdict = new Examination(database, load, resuming, staying(), followers)
                .verdict(name, struckAt, struck, Duration.ofNanos(mended - struck), recovery, completed);
        FaultTable.add(verdict);
        return verdict;
    }

    /** Breaks nothing for a while, and prints how long messages took from post to arrival. */
    public Verdict observe(Duration duration) throws Exception {
        var verdict = expose(
                "none, %d writes/s for %d s".formatted(setup.writesPerSecond, duration.toSeconds()),
                () -> hold(duration));
        System.out.printf(
                "%s: post to arrival p50 %.1f ms, p99 %.1f ms%n",
                verdict.fault(),
                verdict.latency(0.5).toNanos() / 1e6,
                verdict.latency(0.99).toNanos() / 1e6);
        return verdict;
    }

    /** Lets time pass under load. */
    public void hold(Duration duration) {
        await().pollDelay(duration).timeout(duration.plusMinutes(1)).until(() -> true);
    }

    /** How long posts took from being sent to their 201, ascending, of those that were sent in a time. */
    public List<Duration> answers(long fromNanos, long toNanos) {
        return load().posted().stream()
                .filter(post -> post.sentNanos() >= fromNanos && post.sentNanos() < toNanos)
                .map(post -> Duration.ofNanos(post.answeredNanos() - post.sentNanos()))
                .sorted()
                .toList();
    }

    /** How long messages took from being sent to their arrival at a client that resumes, ascending, of the same posts. */
    public List<Duration> arrivals(long fromNanos, long toNanos) {
        return load().posted().stream()
                .filter(post -> post.sentNanos() >= fromNanos && post.sentNanos() < toNanos && arrived(post))
                .map(post -> Duration.ofNanos(listener(post).receipts().arrivedAt(post.seq()) - post.sentNanos()))
                .sorted()
                .toList();
    }

    /** Waits for a message that is posted from now on to arrive at a client that resumes; returns how long that took. */
    public Duration awaitDelivery() {
        var now = System.nanoTime();
        return await("a message posted from now on arrives")
                .atMost(RECOVERY_LIMIT)
                .until(() -> firstArrival(now), Optional::isPresent)
                .map(arrival -> Duration.ofNanos(arrival - now))
                .orElseThrow();
    }

    private Optional<Long> firstArrival(long sentSince) {
        return load().posted().stream()
                .filter(post -> post.sentNanos() >= sentSince && arrived(post))
                .map(post -> listener(post).receipts().arrivedAt(post.seq()))
                .min(Long::compare);
    }

    @Override
    public void close() {
        listeners().forEach(Listener::close);
        followers.close();
        if (load != null) {
            load.close();
        }
        deployment.close();
        clientNetwork.close();
        database.close();
    }

    private void awaitPosts(int count) {
        await("posts are answered")
                .atMost(RECOVERY_LIMIT)
                .until(() -> load().posted().size() >= count);
    }

    /** The first seconds of a process run cold, and say nothing about a fault. */
    private void awaitSteadyDelivery() {
        await("messages arrive within a second")
                .atMost(WARM_UP_LIMIT)
                .until(() -> awaitDelivery().toSeconds() < 1);
    }

    /** Returns whether all is delivered, every event of the logs too, and marked within the limit. */
    private boolean awaitCompletion() {
        try {
            await().atMost(COMPLETION_LIMIT)
                    .until(() -> database.unmarked() == 0
                            && load().posted().stream().allMatch(this::arrived)
                            && staying.stream().noneMatch(this::stillWaits)
                            && followers.arrived());
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private boolean stillWaits(Listener stays) {
        return stays.joined()
                && load().posted().stream()
                        .anyMatch(post -> post.conversation().equals(stays.conversation())
                                && !stays.receipts().has(post.seq()));
    }

    private boolean arrived(Posted post) {
        return listener(post).receipts().has(post.seq());
    }

    private Listener listener(Posted post) {
        return resuming.get(conversations.indexOf(post.conversation()));
    }

    private Stream<Listener> listeners() {
        return Stream.concat(resuming.stream(), staying.stream());
    }

    private Load load() {
        if (load == null) {
            throw new IllegalStateException("nothing is posted yet");
        }
        return load;
    }
}
