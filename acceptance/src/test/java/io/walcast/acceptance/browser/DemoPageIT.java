package io.walcast.acceptance.browser;

import static io.walcast.acceptance.browser.DemoPage.Person.ADA;
import static io.walcast.acceptance.browser.DemoPage.Person.GRACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walcast.acceptance.FaultyProxy;
import io.walcast.acceptance.WalcastProcess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The demo page: two windows, and a network between one of them and the server that fails. */
@ExtendWith(BrowserInstalled.class)
class DemoPageIT {

    /** The page finds a silent server out after 15 s and 10 s. */
    private static final Duration NOTICE_LIMIT = Duration.ofSeconds(40);

    /** The page's own pauses are up to 5 s; an attempt that is swallowed takes 10 s more. */
    private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(30);

    private static final int MANY = 100;

    private static WalcastProcess walcast;

    private final FaultyProxy network = FaultyProxy.to(walcast.port());
    private Browser browser;

    @BeforeAll
    static void startWalcast() {
        var directory =
                Path.of("target", "walcast", "demo-" + ProcessHandle.current().pid());
        walcast = new WalcastProcess(directory.toAbsolutePath(), Map.of()).start();
    }

    @AfterAll
    static void stopWalcast() {
        walcast.close();
    }

    @BeforeEach
    void openBrowser() {
        browser = Browser.start();
    }

    @AfterEach
    void closeBrowser() {
        browser.close();
        network.close();
    }

    @Test
    void showsTheWayOfAMessageAndLooksWellWideAndNarrowLightAndDark() {
        var page = openDirectly();
        page.create(ADA, "Cables");
        page.open(GRACE, "Cables");
        page.screenshot("demo-empty");

        page.send(ADA, "Does a message survive a cut cable?");
        await().until(() -> page.messages(GRACE).size() == 1);
        page.send(GRACE, "Pull it, and see.");
        await().until(() -> page.messages(ADA).size() == 2);
        await("every stage has its time").until(() -> page.stages().size() == 5);
        page.toggleConnection(GRACE);
        page.send(ADA, "Are you there?");
        await().until(() -> page.messages(ADA).size() == 3);
        assertThat(page.messages(GRACE)).hasSize(2);
        page.screenshot("demo-cut");
        page.toggleConnection(GRACE);
        await().until(() -> page.messages(GRACE).size() == 3);
        page.screenshot("demo");

        assertThat(page.events(GRACE)).contains("cut after #2", "back, 1 message to catch up: #3");
        assertThat(browser.scrollsSideways()).isFalse();
        browser.preferDark(true);
        page.screenshot("demo-dark");
        browser.narrow();
        assertThat(browser.scrollsSideways()).as("on a telephone").isFalse();
        page.screenshot("demo-dark-narrow");
        browser.preferDark(false);
        page.screenshot("demo-narrow");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void losesNothingWhenTheNetworkResets() {
        losesNothingThrough(FaultyProxy::refuse, "reset");
    }

    @Test
    void losesNothingWhenTheNetworkBecomesABlackHole() {
        losesNothingThrough(FaultyProxy::blackOut, "black-hole");
    }

    private void losesNothingThrough(Consumer<FaultyProxy> fault, String name) {
        var sender = openDirectly();
        sender.create(ADA, name);
        sender.open(GRACE, name);
        sender.send(ADA, "before");
        await().until(() -> sender.messages(GRACE).contains("before"));
        var reader = openThroughNetwork();
        await().until(() -> reader.messages(GRACE).equals(List.of("before")));

        fault.accept(network);
        sender.sendMany(ADA);
        await("the sender has them all").until(() -> sender.messages(ADA).size() == 1 + MANY);
        assertThat(sender.messages(ADA).subList(1, 1 + MANY))
                .isEqualTo(IntStream.rangeClosed(1, MANY)
                        .mapToObj(number -> "%d of %d".formatted(number, MANY))
                        .toList());
        await("the reader notices")
                .atMost(NOTICE_LIMIT)
                .until(() -> !reader.state(GRACE).equals("connected"));
        sender.send(ADA, "unheard");
        await().until(() -> sender.messages(ADA).contains("unheard"));
        assertThat(reader.messages(GRACE)).containsExactly("before");
        reader.screenshot("demo-lost-by-" + name);

        network.heal();
        sender.send(ADA, "after");
        await("the reader is back")
                .atMost(RECOVERY_LIMIT)
                .until(() -> reader.messages(GRACE).contains("after"));
        reader.screenshot("demo-back-after-" + name);

        assertThat(reader.messages(GRACE)).isEqualTo(sender.messages(ADA));
        var all = 3 + MANY;
        assertThat(reader.numbers(GRACE))
                .isEqualTo(
                        IntStream.rangeClosed(1, all).mapToObj("#%d"::formatted).toList());
        assertThat(reader.proof(GRACE)).isEqualTo("#1 to #%d, none missing, none twice".formatted(all));
        assertThat(reader.events(GRACE)).contains("connection lost after #1");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void movesTheListCountsWhatIsUnreadAndShowsWhoReadsAndTypes() {
        var page = openDirectly();
        page.create(ADA, "Older");
        page.open(GRACE, "Older");
        page.create(ADA, "Newer");
        await().until(() -> page.conversations(GRACE).indexOf("Newer") == 0);

        page.send(ADA, "one");
        page.send(ADA, "two");
        await("grace has not read it").until(() -> page.unread(GRACE, "Newer").equals("2"));
        assertThat(page.title(GRACE)).isEqualTo("Older");
        page.send(GRACE, "elsewhere");
        await("a post moves its conversation to the top")
                .until(() -> page.conversations(GRACE).indexOf("Older") == 0
                        && page.conversations(ADA).indexOf("Older") == 0);
        await().until(() -> page.unread(ADA, "Older").equals("1"));

        page.open(GRACE, "Newer");
        await("grace has read it").until(() -> page.unread(GRACE, "Newer").isEmpty());
        await("and what she wrote elsewhere")
                .until(() -> page.unread(GRACE, "Older").isEmpty());
        await("ada sees that").until(() -> page.readers(ADA).equals(List.of("Read by grace")));
        page.type(GRACE, "I am");
        await().until(() -> page.typists(ADA).equals("grace is typing…"));
        page.screenshot("demo-list");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void threeWindowsOneOfThemCutAgreeInTheEnd() {
        var first = openDirectly();
        first.create(ADA, "Agreement");
        first.sendMany(ADA);
        await("all are posted")
                .atMost(RECOVERY_LIMIT)
                .until(() -> first.messages(ADA).size() == MANY);
        browser.openInNewWindow(walcast.uri("http", "/"));
        var second = new DemoPage(browser);
        var third = openThroughNetwork();
        for (var page : List.of(second, third)) {
            await("the end of the history is shown")
                    .until(() -> page.messages(GRACE).contains("%d of %d".formatted(MANY, MANY)));
            assertThat(page.messages(GRACE)).doesNotContain("1 of 100");
        }

        network.refuse();
        await("the third notices")
                .atMost(NOTICE_LIMIT)
                .until(() -> !third.state(GRACE).equals("connected"));
        second.send(GRACE, "from the second window");
        await().until(() -> first.messages(ADA).contains("from the second window"));
        await("one has read what one writes")
                .until(() -> first.unread(GRACE, "Agreement").isEmpty());
        first.edit(ADA, "99 of 100", "ninety-nine");
        first.delete(ADA, "98 of 100");
        first.react(ADA, "from the second window", "🎉");
        await().until(() -> second.messages(GRACE).contains("ninety-nine"));
        second.react(GRACE, "ninety-nine", "👍");
        // Earlier than all that the other two have.
        first.react(ADA, "2 of 100", "🤔");
        assertThat(third.messages(GRACE)).doesNotContain("ninety-nine", "deleted");
        third.screenshot("demo-third-cut");
        network.heal();
        await("the third is back")
                .atMost(RECOVERY_LIMIT)
                .until(() -> third.messages(GRACE).contains("from the second window"));
        third.screenshot("demo-third-back");

        for (var page : List.of(second, third)) {
            await("the whole history is shown").until(() -> {
                page.scrollUp(GRACE);
                return page.numbers(GRACE).contains("#1");
            });
        }
        first.send(ADA, "the end");
        var all = 2 + MANY;
        var expected = IntStream.rangeClosed(1, all).mapToObj("#%d"::formatted).toList();
        await("all agree").untilAsserted(() -> {
            assertThat(first.numbers(ADA)).isEqualTo(expected);
            assertThat(second.history(GRACE)).isEqualTo(first.history(ADA));
            assertThat(third.history(GRACE)).isEqualTo(first.history(ADA));
        });
        assertThat(third.history(GRACE))
                .contains(
                        "#2 2 of 100 🤔 1", "#98 deleted ", "#99 ninety-nine 👍 1", "#101 from the second window 🎉 1");
        third.screenshot("demo-history");
        await("grace, who scrolled up, has not read the end")
                .until(() -> Stream.of(first, second, third)
                        .allMatch(page -> page.unread(GRACE, "Agreement").equals("1")));
        second.scrollToEnd(GRACE);
        await("she has read it, everywhere")
                .until(() -> Stream.of(first, second, third)
                        .allMatch(page -> page.unread(GRACE, "Agreement").isEmpty()));
        await().until(() -> first.readers(ADA).equals(List.of("Read by grace")));
        assertThat(browser.complaints()).isEmpty();
    }

    private DemoPage openDirectly() {
        browser.open(walcast.uri("http", "/"));
        return new DemoPage(browser);
    }

    private DemoPage openThroughNetwork() {
        browser.openInNewWindow(URI.create("http://127.0.0.1:%d/".formatted(network.port())));
        return new DemoPage(browser);
    }
}
