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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Prometheus reads, and what we ship for it. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class MetricsTest {

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

  @ParameterizedTest
  @ValueSource(strings = {"prometheus/pgtrail.rules.yml", "grafana/pgtrail.json"})
  void whatWeShipAsksOnlyForMetricsThatAreThere(String file) throws Exception {
    Path shipped = Project.root().resolve("contrib").resolve(file);

    Set<String> asked = names(Files.readString(shipped));

    assertThat(asked).isNotEmpty().isSubsetOf(names(metricsPage()));
  }

  @Test
  void onlyWhoReadsTheTrailOfAllTenantsReadsTheNumbers() throws Exception {
    assertThat(new Visitor(server).signedInAs("acme").get("/metrics").statusCode()).isEqualTo(403);
  }

  @Test
  void theDashboardIsJson() throws Exception {
    Path dashboard = Project.root().resolve("contrib/grafana/pgtrail.json");

    assertThat(new ObjectMapper().readTree(dashboard.toFile()).path("panels")).isNotEmpty();
  }

  private String metricsPage() throws Exception {
    return new Visitor(server).signedInAs("auditor").get("/metrics").body();
  }

  private static Set<String> names(String text) {
    return NAME.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
  }
}
