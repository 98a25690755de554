package io.walcast.relay;

import io.walcast.db.TestDatabase;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A database with a relay that streams it, for all tests of a class: a static field with {@code @RegisterExtension}. */
public final class RelayFixture implements BeforeAllCallback, AfterAllCallback {

    private final Map<String, Object> settings;
    private @Nullable TestDatabase database;
    private @Nullable RelayProcess process;

    private RelayFixture(Map<String, Object> settings) {
        this.settings = settings;
    }

    public static RelayFixture withDefaults() {
        return with(Map.of());
    }

    /** With settings that differ from the defaults. */
    public static RelayFixture with(Map<String, Object> settings) {
        return new RelayFixture(settings);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        database = TestDatabase.create();
        process = RelayProcess.start(database(), settings);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        try (TestDatabase created = database;
                RelayProcess started = process) {
            database = null;
            process = null;
        }
    }

    public TestDatabase database() {
        return Objects.requireNonNull(database, "the tests have not begun");
    }

    public RelayProcess process() {
        return Objects.requireNonNull(process, "the tests have not begun");
    }

    public int port() {
        return process().port();
    }

    public Outbox outbox() {
        return new Outbox(database());
    }
}
