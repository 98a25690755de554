package io.walcast.acceptance.browser;

import java.util.List;

/** The demo page in one window of a browser: what it shows of one of its two people, and what one can do there. */
final class DemoPage {

    private final Browser browser;
    private final String window;

    /** The page that the browser now looks at. */
    DemoPage(Browser browser) {
        this.browser = browser;
        this.window = browser.window();
    }

    void send(Person person, String text) {
        browser.lookAt(window);
        browser.find(person.pane + " .draft").sendKeys(text);
        browser.find(person.pane + " [type=submit]").click();
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
