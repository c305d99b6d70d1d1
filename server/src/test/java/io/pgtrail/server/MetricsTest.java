package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.server.metrics.AlertMetrics;
import io.pgtrail.server.metrics.TargetMetrics;
import io.pgtrail.testkit.Project;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Prometheus reads, and what we ship for it. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class MetricsTest {

  /** What we promise, as docs/how-to/serve.md lists it. */
  private static final Set<String> PROMISED =
      Set.of(
          "pgtrail_target_up",
          "pgtrail_operations_24h",
          "pgtrail_failed_operations_24h",
          "pgtrail_ddl_operations_24h",
          "pgtrail_running_operations",
          "pgtrail_active_users_24h",
          "pgtrail_duration_average_milliseconds",
          "pgtrail_duration_p95_milliseconds",
          "pgtrail_operation_duration_seconds_bucket",
          "pgtrail_operation_duration_seconds_count",
          "pgtrail_operation_duration_seconds_sum",
          "pgtrail_rollup_lag_seconds",
          "pgtrail_trail_size_megabytes",
          "pgtrail_health_score",
          "pgtrail_alerts_open");

  /** Few values each, whatever is in the trail. */
  private static final Set<String> LABELS = Set.of("target", "severity", "le");

  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^(pg(?:trail|git)_[a-z0-9_]+)(?:\\{([^}]*)\\})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  private static final Pattern NAME = Pattern.compile("\\bpg(?:trail|git)_[a-z0-9_]+");

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @Inject
  @SuppressWarnings("NullAway.Init")
  TargetMetrics metrics;

  @Inject
  @SuppressWarnings("NullAway.Init")
  AlertMetrics alerts;

  @BeforeEach
  void refresh() {
    metrics.refresh();
    alerts.refresh();
  }

  @Test
  void everyTargetSaysWhetherItAnswersAndTheRestOnlyIfItDoes() throws Exception {
    String read = metricsPage();

    assertThat(read)
        .contains("pgtrail_target_up{target=\"shop\"} 1.0")
        .contains("pgtrail_target_up{target=\"down\"} 0.0")
        .containsPattern("pgtrail_operations_24h\\{target=\"shop\"\\} [1-9]")
        .containsPattern("pggit_objects_tracked\\{target=\"shop\"\\} [1-9]")
        .doesNotContain("pgtrail_operations_24h{target=\"down\"}");
  }

  @Test
  void everyPromisedMetricIsThereAndInTheManual() throws Exception {
    String manual = Files.readString(Project.root().resolve("docs/how-to/serve.md"));

    Set<String> read =
        SAMPLE
            .matcher(metricsPage())
            .results()
            .map(sample -> sample.group(1))
            .filter(name -> !name.startsWith("pggit_"))
            .collect(Collectors.toSet());

    assertThat(read).isEqualTo(PROMISED);
    assertThat(PROMISED)
        .allSatisfy(
            name -> assertThat(manual).contains(name.replaceFirst("_(bucket|count|sum)$", "")));
  }

  @Test
  void noLabelTellsOfWhatIsInTheTrail() throws Exception {
    assertThat(
            SAMPLE
                .matcher(metricsPage())
                .results()
                .flatMap(sample -> LABEL.matcher(sample.group()).results())
                .map(label -> label.group(1)))
        .isNotEmpty()
        .isSubsetOf(LABELS);
  }

  @Test
  void anOperationComesIntoTheHistogramOnceTheRollupsHaveReadIt() throws Exception {
    double before = value("pgtrail_operation_duration_seconds_count{target=\"shop\"}");
    double quick = value("pgtrail_operation_duration_seconds_bucket{target=\"shop\",le=\"5.0\"}");
    double all = value("pgtrail_operation_duration_seconds_bucket{target=\"shop\",le=\"10.0\"}");

    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute(
                  "select script_tracking.complete_script_execution("
                      + "script_tracking.track_script_execution('Timed', 'MANUAL'), 'COMPLETED', 7000)");
              handle.execute("select script_tracking.refresh_rollups()");
            });
    metrics.refresh();

    assertThat(value("pgtrail_operation_duration_seconds_count{target=\"shop\"}"))
        .isGreaterThan(before);
    assertThat(
            value("pgtrail_operation_duration_seconds_bucket{target=\"shop\",le=\"10.0\"}")
                - value("pgtrail_operation_duration_seconds_bucket{target=\"shop\",le=\"5.0\"}"))
        .isEqualTo(all - quick + 1);
    assertThat(metricsPage()).contains("# TYPE pgtrail_operation_duration_seconds histogram");
  }

  @Test
  void whileOneTargetHangsTheNumbersOfTheOthersChangeAndTheirPagesAnswer() throws Exception {
    double before = value("pgtrail_operations_24h{target=\"shop\"}");
    Watched.shop()
        .useHandle(
            handle ->
                handle.execute(
                    "select script_tracking.track_script_execution('Meanwhile', 'MANUAL')"));

    metrics.refresh();
    alerts.refresh();

    assertThat(value("pgtrail_operations_24h{target=\"shop\"}")).isGreaterThan(before);
    assertThat(value("pgtrail_target_up{target=\"stuck\"}")).isZero();
    Visitor auditor = new Visitor(server).signedInAs("auditor");
    assertThat(auditor.get("/t/shop").statusCode()).isEqualTo(200);
    assertThat(auditor.get("/t/stuck").statusCode()).isEqualTo(503);
  }

  @ParameterizedTest
  @ValueSource(strings = {"prometheus/pgtrail.rules.yml", "grafana/pgtrail.json"})
  void whatWeShipAsksOnlyForMetricsThatAreThere(String file) throws Exception {
    Path shipped = Project.root().resolve("contrib").resolve(file);

    Set<String> asked = names(Files.readString(shipped));

    assertThat(asked).isNotEmpty().isSubsetOf(names(metricsPage()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metrics",
        "/metrics/",
        "/metrics/x",
        "//metrics",
        "/metrics//x",
        "//metrics/x",
        "/./metrics/x",
        "/x/../metrics/x",
        "/static/../metrics/x",
        "/static/%2e%2e/metrics/x",
        "/health/live/../../metrics/x",
        "/%6Detrics/x",
        "/metrics%2Fx",
        "/metrics;x",
        "/metrics/x;y",
        "/metrics?x"
      })
  void onlyWhoReadsTheTrailOfAllTenantsReadsTheNumbers(String path) throws Exception {
    HttpResponse<String> reader = new Visitor(server).signedInAs("acme").getExactly(path);
    HttpResponse<String> nobody = new Visitor(server).getExactly(path);

    assertThat(reader.statusCode()).isNotEqualTo(200);
    assertThat(nobody.statusCode()).isNotEqualTo(200);
    assertThat(reader.body() + nobody.body()).doesNotContain("pgtrail_");
  }

  @Test
  void theDashboardIsJson() throws Exception {
    Path dashboard = Project.root().resolve("contrib/grafana/pgtrail.json");

    assertThat(new ObjectMapper().readTree(dashboard.toFile()).path("panels")).isNotEmpty();
  }

  private double value(String sample) throws Exception {
    String page = metricsPage();
    return Stream.of(page.split("\n", -1))
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + sample + " in " + page));
  }

  private String metricsPage() throws Exception {
    return new Visitor(server).signedInAs("auditor").get("/metrics").body();
  }

  private static Set<String> names(String text) {
    return NAME.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }
}
