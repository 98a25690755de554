package io.walcast.app.limits;

import io.walcast.app.problems.ProblemException;
import io.walcast.app.problems.ProblemType;
import io.walcast.identity.ByteBudget;
import io.walcast.identity.RequestBody;
import io.walcast.identity.UserId;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * Bounds the memory that all requests hold together: their bodies, and the pages that they read until these are sent.
 * A request beyond the bound is answered 503, and may be repeated.
 *
 * <p>Thread-safe. Memory is released when the request ends, also after a failure. A bounded number of statements reads
 * pages at a time, since the size of a page is known only afterwards. One user may hold as much as is still free, so
 * that the slow clients of one user leave room for other users.
 */
@Component
@EnableConfigurationProperties(MemorySettings.class)
public class RequestMemory {

    private static final long WAIT_SECONDS = 2;

    private static final String BODY = RequestMemory.class.getName() + ".body";
    private static final String ANSWER = RequestMemory.class.getName() + ".answer";

    private final long pageBytes;
    private final Semaphore reads;
    private final ByteBudget answers;
    private final ByteBudget bodies;

    /** Bytes of pages by user; a user without any is not in it. */
    private final Map<String, Long> held = new ConcurrentHashMap<>();

    RequestMemory(MemorySettings settings) {
        this.pageBytes = settings.pageSize().toBytes();
        this.reads = new Semaphore(settings.pageReads());
        this.answers = new ByteBudget(settings.totalAnswerSize().toBytes());
        this.bodies = new ByteBudget(settings.totalBodySize().toBytes());
    }

    /** Maximum size of a page. */
    public long pageBytes() {
        return pageBytes;
    }

    /**
     * Reads a page for the current request, which holds it until it is answered.
     *
     * @param statement reads no more than {@link #pageBytes()} and one item
     * @throws ProblemException {@code busy}, if too much is read at once
     */
    public <T> Page<T> read(UserId caller, Supplier<Page<T>> statement) {
        awaitTurn();
        try {
            Page<T> page = statement.get();
            hold(caller.value(), page.bytes());
            return page;
        } finally {
            reads.release();
        }
    }

    /**
     * Reads the body of the current request, which holds it until it is answered.
     *
     * @param limit in bytes; the returned array is longer than that if the body is
     * @throws ProblemException {@code busy}, if the bodies of all requests take too much
     */
    byte[] body(InputStream stream, int limit) throws IOException {
        try {
            byte[] body = RequestBody.read(stream, limit, bodies);
            whenAnswered(BODY, () -> bodies.release(body.length));
            return body;
        } catch (RequestBody.NoRoomException e) {
            throw busy();
        }
    }

    /** Bytes of pages that are held now. */
    long answerBytes() {
        return answers.used();
    }

    /** Bytes of bodies that are held now. */
    long bodyBytes() {
        return bodies.used();
    }

    private void awaitTurn() {
        try {
            if (!reads.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy();
        }
    }

    private void hold(String user, long bytes) {
        long before = held.merge(user, bytes, Long::sum) - bytes;
        if (!answers.take(bytes, before)) {
            letGo(user, bytes);
            throw busy();
        }
        whenAnswered(ANSWER, () -> {
            answers.release(bytes);
            letGo(user, bytes);
        });
    }

    private void letGo(String user, long bytes) {
        held.computeIfPresent(user, (name, sum) -> sum == bytes ? null : sum - bytes);
    }

    private static void whenAnswered(String name, Runnable action) {
        RequestContextHolder.currentRequestAttributes()
                .registerDestructionCallback(name, action, RequestAttributes.SCOPE_REQUEST);
    }

    private static ProblemException busy() {
        return new ProblemException(ProblemType.BUSY, "Try again in 1 s.").withHeader(HttpHeaders.RETRY_AFTER, "1");
    }
}
