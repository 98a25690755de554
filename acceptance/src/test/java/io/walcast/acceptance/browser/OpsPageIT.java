package io.walcast.acceptance.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.Signal;
import io.walcast.acceptance.Trial;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The operations console, with clients, parked rows, a foreign slot, and an engine that hangs. */
@ExtendWith(BrowserInstalled.class)
class OpsPageIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Trial trial;
    private Browser browser;
    private OpsPage page;

    @BeforeEach
    void open() {
        trial = Trial.start();
        browser = Browser.start();
        browser.open(trial.walcast().uri("http", "/ops"));
        page = new OpsPage(browser);
        await().atMost(LIMIT).until(() -> page.verdict().startsWith("All is well"));
    }

    @AfterEach
    void close() {
        browser.close();
        trial.close();
    }

    @Test
    void redrivesWhatIsParkedAndSaysWhoDidIt() {
        post(30);
        page.press("#filter button");
        await("each stage has a latency")
                .atMost(LIMIT)
                .until(() -> page.stages().size() == 4);
        assertThat(page.level()).isEqualTo("GOOD");
        pictures("ops");

        park("walcast.example", "{\"text\": \"<img src=x onerror=alert(1)>\"}");
        park("walcast.example", "{}");
        await("it says so").atMost(LIMIT).until(() -> page.verdict().startsWith("2 rows are parked"));
        assertThat(page.level()).isEqualTo("ATTENTION");
        page.show("parked");
        await().until(() -> page.rows().size() == 2);
        page.openFirst();
        await().until(() -> !page.contents().isEmpty());
        pictures("ops-parked");

        page.press("#outbox-rows .redrive");
        assertThat(page.asks()).isTrue();
        page.type("row 0");
        assertThat(page.mayConfirm()).as("with the wrong name").isFalse();
        page.cancel();
        await().until(() -> !page.asks());
        assertThat(trial.database().parked()).isEqualTo(2);

        page.press("#redrive-all");
        page.type("parked rows");
        assertThat(page.mayConfirm()).isTrue();
        browser.screenshot("ops-confirm");
        page.confirm();
        await("both are sent").atMost(LIMIT).until(() -> trial.database().parked() == 0);
        await("and marked").atMost(LIMIT).until(() -> trial.database().unmarked() == 0);
        await("and written down").atMost(LIMIT).until(() -> page.audit().get(0).contains("2 rows sent again"));
        await("all is well again").atMost(LIMIT).until(() -> page.level().equals("GOOD"));
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void dropsAForeignSlotAndSaysThatTheEngineHangs() {
        trial.database()
                .sql()
                .sql("select pg_create_logical_replication_slot('forgotten', 'pgoutput')")
                .query()
                .singleRow();
        await().atMost(LIMIT).until(() -> page.slots().size() == 2);
        page.press("#slot-rows button");
        page.type("forgotten");
        page.confirm();
        await("it is gone").atMost(LIMIT).until(() -> page.slots().size() == 1);

        var walsender = trial.database().walsender();
        Signal.STOP.send(walsender);
        try {
            post(100);
            await("the console is alarmed")
                    .atMost(LIMIT)
                    .until(() -> page.level().equals("ALARM"));
            assertThat(page.verdict()).startsWith("Nothing is delivered");
            pictures("ops-alarm");
        } finally {
            Signal.CONT.send(walsender);
        }
        await("it recovers by itself").atMost(LIMIT).until(() -> page.level().equals("GOOD"));
        assertThat(browser.complaints()).isEmpty();
    }

    private void post(int messages) {
        for (var i = 0; i < messages; i++) {
            var conversation =
                    trial.conversations().get(i % trial.conversations().size());
            trial.rest().post(conversation, "message " + i);
        }
    }

    /** A row whose delivery was given up for a cause that has gone since. */
    private void park(String topic, String payload) {
        trial.database().append(topic, "key", payload);
        await().until(() -> trial.database().unmarked() == 0);
        trial.database().sql().sql("""
                with parked as (
                    update outbox set published_at = null, attempts = 5,
                                      last_error = 'java.lang.IllegalStateException: the sink was not ready'
                    where id = (select max(id) from outbox where topic = ?)
                    returning id)
                insert into outbox_parked (outbox_id) select id from parked
                """).param(topic).update();
    }

    /** In light and dark, wide and as narrow as a telephone. */
    private void pictures(String name) {
        assertThat(browser.scrollsSideways()).isFalse();
        browser.wholePage(name);
        browser.preferDark(true);
        browser.wholePage(name + "-dark");
        browser.narrow();
        assertThat(browser.scrollsSideways()).as("on a telephone").isFalse();
        browser.wholePage(name + "-dark-narrow");
        browser.preferDark(false);
        browser.wholePage(name + "-narrow");
        browser.widen();
    }
}
