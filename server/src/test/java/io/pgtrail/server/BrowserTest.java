package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** What a person does with the pages, in a real browser. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class BrowserTest {

  private static final Set<String> GRAVE = Set.of("serious", "critical");

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @SuppressWarnings("NullAway.Init")
  private static Browser browser;

  /** What a complaint has that the test provokes; empty for none. */
  private String meant = "";

  /** One for all tests: it takes longer to start than most of them. */
  @BeforeEach
  void start() {
    Assumptions.assumeTrue(
        Browser.isThere(), "no /usr/bin/chromium and /usr/bin/chromedriver on this machine");
    if (browser == null) {
      browser = new Browser(server);
    }
    browser.forget();
  }

  /** Whatever a person does, no page breaks its own policy or asks for what is not there. */
  @AfterEach
  void nothingToComplainOf() {
    if (browser != null) {
      assertThat(browser.complaints())
          .filteredOn(complaint -> meant.isEmpty() || !complaint.contains(meant))
          .isEmpty();
    }
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sign-in, /sign-in",
    "targets, /targets",
    "overview, /t/shop",
    "operations, /t/shop/operations",
    "month, /t/shop?span=30d",
    "schema, /t/shop/schema",
    "object, /t/shop/schema/named?type=TABLE&name=app.customer",
    "rollback, /t/shop/rollback",
    "health, /t/shop/health",
    "alerts, /t/shop/alerts",
    "error, /t/nowhere"
  })
  void everyPageFitsAPhoneAndCanBeUsedByEveryone(String name, String path) throws Exception {
    if (!name.equals("sign-in")) {
      browser.signedInAs("auditor");
    }
    browser.open(path);

    if (name.equals("error")) {
      meant = "404";
    }
    assertThat(browser.photograph(name)).isZero();
    assertThat(graveFindings()).isEmpty();
    browser.inTheDark(() -> assertThat(graveFindings()).as("in the dark").isEmpty());
  }

  @Test
  void aPersonFiltersAndOpensAnOperation() throws Exception {
    browser.signedInAs("auditor");
    browser.open("/t/shop/operations");

    browser.driver().findElement(By.name("text")).sendKeys("disk full", Keys.ENTER);
    browser.waitForText(By.tagName("main"), "Backup");
    assertThat(browser.driver().getCurrentUrl()).contains("text=disk");
    browser.click(By.cssSelector("td.wide a"));

    browser.waitForText(By.tagName("h1"), "Backup <img src=x onerror=alert(1)>");
    assertThat(browser.text()).contains("disk full", "version 1", "RUNNING", "FAILED");
    assertThat(browser.photograph("operation")).isZero();
    assertThat(graveFindings()).isEmpty();
  }

  @Test
  void aPersonWithoutAMouseFiltersAndOpensAnOperation() {
    browser.signedInAs("auditor");
    browser.open("/t/shop/operations");

    browser.tabTo("[name=text]");
    browser.type("disk full", Keys.ENTER);
    browser.waitForText(By.id("rows"), "Backup");
    browser.tabTo("#rows td.wide a");
    browser.type(Keys.ENTER);

    browser.waitForText(By.tagName("h1"), "Backup <img src=x onerror=alert(1)>");
  }

  @Test
  void whatWasSoughtIsMarkedAndOlderOperationsComeAsOneScrolls() {
    Watched.shop()
        .useHandle(
            handle ->
                handle.execute(
                    "select script_tracking.complete_operation("
                        + "script_tracking.track_operation('Scrolled ' || i, 'SCROLL'), true)"
                        + " from generate_series(1, 120) as i"));
    browser.signedInAs("auditor");
    browser.open("/t/shop/operations?type=scroll&text=scrolled");

    browser.waitForText(By.id("rows"), "Scrolled 71");
    browser.scrollUntilThereAre(120, By.cssSelector("#rows td.wide"));

    assertThat(browser.driver().executeScript("return CSS.highlights.get('sought').size"))
        .isEqualTo(120L);
  }

  @Test
  void aStatementIsColoured() {
    browser.signedInAs("auditor");
    browser.open("/t/shop/schema/named?type=TABLE&name=app.customer");

    browser.waitForText(By.cssSelector("pre .hljs-keyword"), "CREATE");
  }

  @Test
  void aFailureArrivesWhileThePageIsOpen() {
    browser.signedInAs("auditor");
    browser.open("/t/shop");

    Watched.shop()
        .useHandle(
            handle ->
                handle.execute(
                    "select script_tracking.complete_operation("
                        + "script_tracking.track_operation('Just now', 'MANUAL'), false, 'oh')"));

    browser.waitForText(By.id("live"), "Just now");
  }

  @Test
  void aPersonComparesTwoVersions() throws Exception {
    browser.signedInAs("auditor");
    browser.open("/t/shop/schema?name=app.customer");

    browser.click(By.cssSelector("td.wide a"));
    browser.click(By.cssSelector("td[data-label=Compare] a"));

    browser.waitFor(By.cssSelector("table.diff td.added"));
    assertThat(browser.photograph("versions")).isZero();
    assertThat(graveFindings()).isEmpty();
  }

  @Test
  void anAdministratorConfirmsARollbackByTypingTheName() throws Exception {
    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute("set role shop_admin");
              handle.execute("create table app.slip (id int)");
            });
    String before = Watched.beforeTheChangeOf("app.slip");
    browser.signedInAs("admin");
    browser.open("/t/shop/rollback");
    browser.driver().findElement(By.name("to")).sendKeys(before, Keys.ENTER);
    browser.waitForText(By.tagName("main"), "DROP TABLE app.slip");
    assertThat(browser.photograph("plan")).isZero();
    assertThat(graveFindings()).isEmpty();

    By button = By.cssSelector("button.danger");
    assertThat(browser.driver().findElement(button).isEnabled()).isFalse();
    browser.driver().findElement(By.name("confirmation")).sendKeys("shop");
    assertThat(browser.driver().findElement(button).isEnabled()).isTrue();
    browser.click(button);

    browser.waitForText(By.cssSelector("[role=alert]"), "The schema is what it was");
  }

  @Test
  void anAdministratorMakesARuleAndAWebhookWithTheirForms() throws Exception {
    browser.signedInAs("admin");
    browser.open("/t/shop/alerts");
    browser.driver().findElements(By.tagName("summary")).forEach(WebElement::click);
    assertThat(browser.photograph("alert-forms")).isZero();
    assertThat(graveFindings()).isEmpty();

    WebElement rule =
        browser.driver().findElement(By.cssSelector("form:has([value=FAILURE_RATE])"));
    rule.findElement(By.name("name")).sendKeys("By hand");
    rule.findElement(By.tagName("button")).click();
    browser.waitForText(By.tagName("main"), "By hand");
    browser.driver().findElement(By.xpath("//summary[text()='A new webhook']")).click();
    browser.driver().findElement(By.cssSelector("[action$=webhooks] [name=name]")).sendKeys("mine");
    browser
        .driver()
        .findElement(By.name("url"))
        .sendKeys("https://hooks.example.com/x", Keys.ENTER);
    browser.waitForText(By.cssSelector("[role=alert]"), "It is not shown again");

    assertThat(graveFindings()).isEmpty();
    Watched.shop()
        .useHandle(
            handle ->
                handle
                    .createQuery(
                        "select script_tracking.drop_alert_rule('By hand')::text,"
                            + " script_tracking.drop_webhook('mine')::text")
                    .mapToMap()
                    .list());
  }

  private List<String> graveFindings() {
    return new AxeBuilder()
        .analyze(browser.driver()).getViolations().stream()
            .filter(rule -> GRAVE.contains(rule.getImpact()))
            .map(BrowserTest::words)
            .toList();
  }

  private static String words(Rule rule) {
    return rule.getId() + ": " + rule.getNodes().stream().map(node -> node.getHtml()).toList();
  }
}
