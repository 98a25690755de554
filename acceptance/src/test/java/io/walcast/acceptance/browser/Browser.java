package io.walcast.acceptance.browser;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium with a profile of its own, and in it one window or more.
 *
 * <p><b>Lifecycle.</b> From {@link #start()} to {@link #close()}, which also ends the processes. <b>Concurrency.</b> Used
 * by one thread. <b>Error policy.</b> What does not work fails the test with the driver's exception.
 */
final class Browser implements AutoCloseable {

    /** Where pictures of the pages are kept for people. */
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static final Dimension WIDE = new Dimension(1280, 960);

    /** Emulated, as no window can be made as narrow as a telephone. */
    private static final int NARROW_PIXELS = 390;

    private static final int NARROW_HEIGHT = 1600;

    /** It warns of every Chromium for which it has no typed DevTools, which nobody asked for. */
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Whether this machine has a Chromium and the driver that goes with it. */
    static boolean isInstalled() {
        return chromium().isPresent() && onPath("chromedriver").isPresent();
    }

    /** Starts a browser with one empty window. */
    static Browser start() {
        SELENIUM.setLevel(Level.SEVERE);
        var options = new ChromeOptions();
        options.setBinary(chromium().orElseThrow());
        options.addArguments(
                "--headless=new",
                // Containers run tests as root, for whom Chromium's sandbox refuses to work.
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                // Two windows are read in turn, and the covered one must not be throttled.
                "--disable-backgrounding-occluded-windows",
                "--disable-renderer-backgrounding",
                "--disable-background-timer-throttling");
        var logging = new LoggingPreferences();
        logging.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logging);
        var service = new ChromeDriverService.Builder()
                .usingDriverExecutable(onPath("chromedriver").orElseThrow())
                .usingAnyFreePort()
                .build();
        var driver = new ChromeDriver(service, options);
        driver.manage().window().setSize(WIDE);
        driver.manage().timeouts().pageLoadTimeout(Duration.ofSeconds(30));
        return new Browser(driver);
    }

    /** Opens a page in the window that is looked at. */
    void open(URI page) {
        driver.get(page.toString());
    }

    /** Opens a page in a new window, looks at that one from now on, and returns its name for {@link #lookAt}. */
    String openInNewWindow(URI page) {
        driver.switchTo().newWindow(WindowType.WINDOW);
        driver.manage().window().setSize(WIDE);
        open(page);
        return window();
    }

    /** The name of the window that is looked at. */
    String window() {
        return driver.getWindowHandle();
    }

    void lookAt(String window) {
        driver.switchTo().window(window);
    }

    WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** The texts of all elements that match, in the order of the page; by one script, so that none changes meanwhile. */
    List<String> texts(String selector) {
        var found = driver.executeScript(
                "return Array.from(document.querySelectorAll(arguments[0]), found => found.textContent)", selector);
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    /** Scrolls an element so far down; past its end means to its end. */
    void scroll(String selector, int pixels) {
        driver.executeScript("document.querySelector(arguments[0]).scrollTop = arguments[1]", selector, pixels);
    }

    /** The only element that matches and has a part with exactly this text. */
    WebElement having(String selector, String text) {
        var found = (List<?>) driver.executeScript("""
                const [selector, text] = arguments
                return [...document.querySelectorAll(selector)]
                    .filter(one => [...one.querySelectorAll('*')].some(part => part.textContent === text))
                """, selector, text);
        if (found.size() != 1) {
            throw new IllegalStateException("%d of %s have \"%s\"".formatted(found.size(), selector, text));
        }
        return (WebElement) found.get(0);
    }

    /** Warnings and errors that the window logged since the last call, those of the network left out. */
    List<String> complaints() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .filter(message -> !message.contains("net::ERR_"))
                .toList();
    }

    void preferDark(boolean dark) {
        var scheme = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
    }

    /** Makes the window that is looked at as narrow as a telephone. */
    void narrow() {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", NARROW_PIXELS, "height", NARROW_HEIGHT, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Undoes {@link #narrow()}. */
    void widen() {
        driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }

    /** Types into the element that has the focus. */
    void typeIntoFocus(CharSequence text) {
        driver.switchTo().activeElement().sendKeys(text);
    }

    /** Whether something on the page is wider than the window. */
    boolean scrollsSideways() {
        return Boolean.TRUE.equals(driver.executeScript(
                "return document.documentElement.scrollWidth > document.documentElement.clientWidth"));
    }

    /** Keeps a picture of what the window shows in {@code target/screenshots}. */
    void screenshot(String name) {
        keep(name, driver.getScreenshotAs(OutputType.BYTES));
    }

    /** As {@link #screenshot}, also of what lies below the window's edge. */
    void wholePage(String name) {
        var picture = driver.executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true));
        keep(name, Base64.getDecoder().decode(String.valueOf(picture.get("data"))));
    }

    private static void keep(String name, byte[] png) {
        try {
            Files.createDirectories(SCREENSHOTS);
            Files.write(SCREENSHOTS.resolve(name + ".png"), png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }

    private static Optional<File> chromium() {
        return onPath("chromium").or(() -> onPath("google-chrome"));
    }

    private static Optional<File> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> new File(directory, program))
                .filter(File::canExecute)
                .findFirst();
    }
}
