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
        createConversation("Cables");
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
        createConversation(name);
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

    private DemoPage openDirectly() {
        browser.open(walcast.uri("http", "/"));
        return new DemoPage(browser);
    }

    private DemoPage openThroughNetwork() {
        browser.openInNewWindow(URI.create("http://127.0.0.1:%d/".formatted(network.port())));
        return new DemoPage(browser);
    }

    private void createConversation(String title) {
        browser.find("#title").sendKeys(title);
        browser.find("#create [type=submit]").click();
        await().until(() -> browser.texts("#conversations option:checked").equals(List.of(title)));
    }
}
