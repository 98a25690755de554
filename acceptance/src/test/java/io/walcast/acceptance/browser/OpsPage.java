package io.walcast.acceptance.browser;

import java.util.List;
import org.openqa.selenium.Keys;

/** The operations console in a browser: what it says, and what one can do there. */
final class OpsPage {

    private final Browser browser;

    /** The page that the browser now looks at. */
    OpsPage(Browser browser) {
        this.browser = browser;
    }

    /** {@code GOOD}, {@code ATTENTION} or {@code ALARM}. */
    String level() {
        return String.valueOf(browser.find("#verdict").getDomAttribute("data-level"));
    }

    /** The sentence that stands above all others. */
    String verdict() {
        return browser.texts("#what").get(0);
    }

    /** What else is worth knowing. */
    List<String> findings() {
        return browser.texts("#findings li");
    }

    List<String> stages() {
        return browser.texts("#stages .known .name");
    }

    List<String> slots() {
        return browser.texts("#slot-rows td.name");
    }

    /** Shows the newest, waiting or parked rows. */
    void show(String rows) {
        browser.find("#filter [name=state]").sendKeys(rows);
    }

    List<String> rows() {
        return browser.texts("#outbox-rows tr:not(.content):not(.empty)");
    }

    /** Opens the content of the first row. */
    void openFirst() {
        browser.find("#outbox-rows button[aria-expanded]").click();
    }

    List<String> contents() {
        return browser.texts("#outbox-rows pre");
    }

    /** Presses a button of the first row that has it, or of the page. */
    void press(String selector) {
        browser.find(selector).click();
    }

    /** Whether the dialog is open, and may be confirmed. */
    boolean mayConfirm() {
        return browser.find("#confirm-go").isEnabled();
    }

    boolean asks() {
        return browser.find("#confirm").isDisplayed();
    }

    /** Types into whatever has the focus, which an open dialog must have. */
    void type(CharSequence text) {
        browser.typeIntoFocus(text);
    }

    void confirm() {
        type(Keys.ENTER);
    }

    void cancel() {
        type(Keys.ESCAPE);
    }

    /** What was done by hand, the last first. */
    List<String> audit() {
        return browser.texts("#audit-rows tr");
    }
}
