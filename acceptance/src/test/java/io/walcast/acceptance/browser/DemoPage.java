package io.walcast.acceptance.browser;

import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.stream.IntStream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The demo page in one window of a browser: what it shows to each of its two people, and what one can do there. */
final class DemoPage {

    private final Browser browser;
    private final String window;

    /** The page that the browser now looks at. */
    DemoPage(Browser browser) {
        this.browser = browser;
        this.window = browser.window();
    }

    /** Starts a conversation, which the person then sees. */
    void create(Person person, String title) {
        browser.lookAt(window);
        browser.find(person.pane + " .create input").sendKeys(title);
        click(person, ".create button");
        await().until(() -> title(person).equals(title));
    }

    /** Opens a conversation once it is in the person's list. */
    void open(Person person, String title) {
        await("%s is in the list".formatted(title))
                .until(() -> conversations(person).contains(title));
        browser.lookAt(window);
        browser.having(person.pane + " .conversation", title).click();
        await().until(() -> title(person).equals(title));
    }

    void send(Person person, String text) {
        type(person, text + Keys.ENTER);
    }

    void type(Person person, String text) {
        browser.lookAt(window);
        browser.find(person.pane + " .draft").sendKeys(text);
    }

    /** Replaces the text of one of the person's messages. */
    void edit(Person person, String text, String replacement) {
        act(person, text, "[data-act=edit]");
        type(person, Keys.chord(Keys.CONTROL, "a") + replacement + Keys.ENTER);
    }

    void delete(Person person, String text) {
        act(person, text, "[data-act=remove]");
        browser.find(person.pane + " .armed").click();
    }

    void react(Person person, String text, String emoji) {
        act(person, text, "[data-emoji='%s']".formatted(emoji));
    }

    /** The buttons of a message come when it has the focus. */
    private void act(Person person, String text, String button) {
        browser.lookAt(window);
        browser.having(person.pane + " .message", text)
                .findElement(By.className("content"))
                .click();
        browser.find(person.pane + " .actions " + button).click();
    }

    /** Scrolls up to the first message that is shown, so that earlier ones are read. */
    void scrollUp(Person person) {
        browser.lookAt(window);
        browser.scroll(person.pane + " .log", 0);
    }

    void scrollToEnd(Person person) {
        browser.lookAt(window);
        browser.scroll(person.pane + " .log", 1_000_000);
    }

    /** Posts a hundred messages. */
    void sendMany(Person person) {
        click(person, ".burst");
    }

    /** Ends the person's connection, or takes it up again. */
    void toggleConnection(Person person) {
        click(person, ".cut");
    }

    List<String> messages(Person person) {
        return texts(person, ".message .content");
    }

    /** The numbers of the messages, as in {@code #7}. */
    List<String> numbers(Person person) {
        return texts(person, ".message .facts").stream()
                .map(facts -> facts.split(" ")[0])
                .toList();
    }

    /** Every message with its number and its reactions: what all windows have to agree on. */
    List<String> history(Person person) {
        var contents = messages(person);
        var numbers = numbers(person);
        var reactions = texts(person, ".message .reactions");
        if (contents.size() != numbers.size() || contents.size() != reactions.size()) {
            return List.of("changed meanwhile");
        }
        return IntStream.range(0, contents.size())
                .mapToObj(index -> "%s %s %s".formatted(numbers.get(index), contents.get(index), reactions.get(index)))
                .toList();
    }

    /** The titles in the person's list, from the top. */
    List<String> conversations(Person person) {
        return texts(person, ".conversation .title");
    }

    /** How many messages of a conversation the person has not read; empty for none. */
    String unread(Person person, String title) {
        var at = conversations(person).indexOf(title);
        return at < 0
                ? "not in the list"
                : texts(person, ".conversation .unread").get(at);
    }

    /** The title of the open conversation. */
    String title(Person person) {
        browser.lookAt(window);
        return String.valueOf(browser.find(person.pane + " .heading").getDomProperty("value"));
    }

    /** Who has read what: under the newest message that each of the others has read. */
    List<String> readers(Person person) {
        return texts(person, ".readers").stream()
                .filter(text -> !text.isEmpty())
                .toList();
    }

    String typists(Person person) {
        return only(person, ".typists");
    }

    /** What is told between the messages: a lost connection, a member that came. */
    List<String> events(Person person) {
        return texts(person, ".event");
    }

    String state(Person person) {
        return only(person, ".state");
    }

    /** What the page itself says of what it received. */
    String proof(Person person) {
        return only(person, ".proof");
    }

    /** The stages of the last message that have a time. */
    List<String> stages() {
        browser.lookAt(window);
        return browser.texts("#stages .known span");
    }

    void screenshot(String name) {
        browser.lookAt(window);
        browser.screenshot(name);
    }

    private void click(Person person, String button) {
        browser.lookAt(window);
        browser.find(person.pane + " " + button).click();
    }

    private String only(Person person, String selector) {
        return texts(person, selector).get(0);
    }

    private List<String> texts(Person person, String selector) {
        browser.lookAt(window);
        return browser.texts(person.pane + " " + selector);
    }

    /** One half of the page. */
    enum Person {
        ADA(1),
        GRACE(2);

        private final String pane;

        Person(int position) {
            this.pane = ".pane:nth-child(%d)".formatted(position);
        }
    }
}
