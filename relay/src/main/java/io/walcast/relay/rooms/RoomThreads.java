package io.walcast.relay.rooms;

import io.walcast.relay.runtime.TaskThreads;
import io.walcast.relay.runtime.Tasks;
import java.time.Duration;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The threads on which rooms read the tables: some for joins and others for pages, so that a long catch-up delays no
 * answer to a join. They live as long as the application context. Thread-safe.
 */
@Component
class RoomThreads implements DisposableBean {

    static final int JOIN_THREADS = 2;
    private static final int PAGE_THREADS = 4;

    private final TaskThreads joins = new TaskThreads("walcast-join", JOIN_THREADS);
    private final TaskThreads pages = new TaskThreads("walcast-resume", PAGE_THREADS);

    Tasks joins() {
        return joins;
    }

    Tasks pages() {
        return pages;
    }

    /** Repeats a task. */
    void every(Duration interval, Runnable task) {
        pages.every(interval, task);
    }

    @Override
    public void destroy() {
        joins.close();
        pages.close();
    }
}
