package io.pgtrail.server;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A real Chromium without a window, as Debian packages it. */
final class Browser implements AutoCloseable {

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
  private static final Path SCREENSHOTS = Path.of("target/screenshots");
  private static final Dimension DESKTOP = new Dimension(1280, 900);
  private static final Dimension PHONE = new Dimension(390, 844);
  private static final int MOST_TABS = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final URI server;
  private final ChromeDriver driver;
  private String signedIn = "";

  Browser(URI server) {
    this.server = server;
    ChromeOptions options = new ChromeOptions();
    options.setBinary(CHROMIUM.toFile());
    // Root has no sandbox, and nothing shall be asked of the network.
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync");
    this.driver =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
            options);
    driver.manage().window().setSize(DESKTOP);
  }

  static boolean isThere() {
    return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
  }

  ChromeDriver driver() {
    return driver;
  }

  /** As if it had just been started, but that whoever is signed in stays so. */
  void forget() {
    open("/sign-in");
    driver.executeScript("localStorage.clear(); sessionStorage.clear()");
    complaints();
  }

  Browser signedInAs(String account) {
    if (account.equals(signedIn)) {
      return this;
    }
    driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
    signedIn = account;
    open("/");
    driver.findElement(By.name("j_username")).sendKeys(account);
    driver.findElement(By.name("j_password")).sendKeys(Watched.PASSWORD);
    click(By.cssSelector("form.sign-in button"));
    waitFor(By.cssSelector("header.top"));
    return this;
  }

  void open(String path) {
    driver.get(server.resolve(path).toString());
  }

  void click(By what) {
    waitFor(what);
    driver.findElement(what).click();
  }

  /** Presses the tab key until this has the focus, as who has no mouse does. */
  void tabTo(String selector) {
    for (int i = 0; i < MOST_TABS; i++) {
      type(Keys.TAB);
      if (Boolean.TRUE.equals(
          driver.executeScript("return document.activeElement.matches(arguments[0])", selector))) {
        return;
      }
    }
    throw new IllegalStateException("no key leads to " + selector);
  }

  /** Presses keys, wherever the focus is. */
  void type(CharSequence... keys) {
    driver.switchTo().activeElement().sendKeys(keys);
  }

  /** Does something while the person prefers dark pages. */
  void inTheDark(Runnable work) {
    prefer("dark");
    try {
      work.run();
    } finally {
      prefer("");
    }
  }

  private void prefer(String scheme) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  void waitFor(By what) {
    new WebDriverWait(driver, PATIENCE).until(ExpectedConditions.presenceOfElementLocated(what));
  }

  void waitForText(By where, String text) {
    new WebDriverWait(driver, PATIENCE)
        .until(ExpectedConditions.textToBePresentInElementLocated(where, text));
  }

  /** Goes to the end of the page, whatever comes there, until so many of something are on it. */
  void scrollUntilThereAre(int number, By what) {
    new WebDriverWait(driver, PATIENCE)
        .until(
            page -> {
              driver.executeScript("window.scrollTo(0, document.body.scrollHeight)");
              return page.findElements(what).size() == number;
            });
  }

  String text() {
    return driver.findElement(By.tagName("main")).getText();
  }

  /**
   * Keeps how the page looks on a desk and on a phone, and gives by how much it is too wide there.
   */
  long photograph(String name) throws IOException {
    Files.createDirectories(SCREENSHOTS);
    save(name + "-desktop");
    driver.manage().window().setSize(PHONE);
    save(name + "-phone");
    Object excess =
        Objects.requireNonNull(
            driver.executeScript(
                "return document.documentElement.scrollWidth"
                    + " - document.documentElement.clientWidth"));
    driver.manage().window().setSize(DESKTOP);
    return ((Number) excess).longValue();
  }

  private void save(String name) throws IOException {
    Map<String, Object> screenshot =
        driver.executeCdpCommand(
            "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    Files.write(
        SCREENSHOTS.resolve(name + ".png"),
        Base64.getDecoder().decode(String.valueOf(screenshot.get("data"))));
  }

  /** What the browser complained of, such as a violation of the policy for content. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
