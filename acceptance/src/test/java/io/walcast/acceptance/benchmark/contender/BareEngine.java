package io.walcast.acceptance.benchmark.contender;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.source.SourceRecord;

/** The engine by itself on a slot of its own, configured as Walcast's, counting rows and acknowledging all. */
public final class BareEngine {

    private static final long LIMIT_SECONDS = 120;

    private final Postgres postgres;
    private final String database;
    private final Slot slot;

    /** Its stream begins now. */
    public BareEngine(Postgres postgres, String database) {
        this.postgres = postgres;
        this.database = database;
        this.slot = new Slot(postgres, database, "bare_engine").create();
    }

    /** Reads that many rows, and returns how many a second. */
    public double count(int rows) {
        var counter = new Counter(rows);
        var engine = DebeziumEngine.create(Connect.class)
                .using(properties())
                .notifying(counter::handle)
                .build();
        var thread = new Thread(engine, "bare-engine");
        thread.start();
        try {
            if (!counter.done.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the bare engine did not read " + rows + " rows in time");
            }
            engine.close();
            thread.join();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        slot.drop();
        return counter.perSecond();
    }

    private Properties properties() {
        var url = URI.create(postgres.url(database));
        var properties = new Properties();
        properties.setProperty("name", "bare");
        properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        properties.setProperty("topic.prefix", "bare");
        properties.setProperty("database.hostname", url.getHost());
        properties.setProperty("database.port", Integer.toString(url.getPort()));
        properties.setProperty("database.dbname", database);
        properties.setProperty("database.user", url.getUserInfo());
        properties.setProperty("database.password", "");
        properties.setProperty("plugin.name", "pgoutput");
        properties.setProperty("slot.name", slot.name());
        properties.setProperty("publication.name", "walcast");
        properties.setProperty("publication.autocreate.mode", "disabled");
        properties.setProperty("table.include.list", "public.outbox");
        properties.setProperty("snapshot.mode", "no_data");
        properties.setProperty("tombstones.on.delete", "false");
        properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        properties.setProperty("offset.flush.interval.ms", "100");
        properties.setProperty("max.batch.size", "1");
        properties.setProperty("max.queue.size", "4096");
        properties.setProperty("poll.interval.ms", "5");
        return properties;
    }

    private static final class Counter {

        private final int rows;
        private final CountDownLatch done = new CountDownLatch(1);
        private int count;
        private volatile long first;
        private volatile long last;

        Counter(int rows) {
            this.rows = rows;
        }

        void handle(
                List<ChangeEvent<SourceRecord, SourceRecord>> events,
                RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer)
                throws InterruptedException {
            for (var event : events) {
                first = count == 0 ? System.nanoTime() : first;
                if (++count == rows) {
                    last = System.nanoTime();
                    done.countDown();
                }
                committer.markProcessed(event);
            }
            committer.markBatchFinished();
        }

        double perSecond() {
            return rows * 1e9 / (last - first);
        }
    }
}
