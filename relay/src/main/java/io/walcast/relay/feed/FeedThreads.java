package io.walcast.relay.feed;

import io.walcast.relay.runtime.TaskThreads;
import io.walcast.relay.runtime.Tasks;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The threads on which feeds read the tables: only a few, so that many feeds that open at once leave connections of the
 * pool to joins. They live as long as the application context. Thread-safe.
 */
@Component
class FeedThreads implements DisposableBean {

    private static final int THREADS = 2;

    private final TaskThreads threads = new TaskThreads("walcast-feed", THREADS);

    Tasks tasks() {
        return threads;
    }

    @Override
    public void destroy() {
        threads.close();
    }
}
