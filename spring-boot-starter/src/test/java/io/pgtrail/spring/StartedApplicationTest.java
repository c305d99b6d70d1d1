package io.pgtrail.spring;

import static io.pgtrail.client.OperationTypes.DATA_IMPORT;
import static io.pgtrail.spring.Applications.recorded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.pgtrail.client.OperationContext;
import io.pgtrail.client.Tracker;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** What applications get that have the starter, in applications that have started. */
final class StartedApplicationTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Applications.PGTRAIL);

  private TestDatabase database;

  @BeforeEach
  void take(TestDatabase database) {
    this.database = database;
  }

  @Test
  void recordsWhatWaitsBeforeItsDataSourceIsClosed() throws Exception {
    try (ConfigurableApplicationContext application =
        Applications.start(database, Map.of(), WhoIsActing.class)) {
      application.getBean(Tracker.class).start("Import", DATA_IMPORT).succeed();
    }
    assertThat(recorded(database, "application_user")).isEqualTo("Import COMPLETED ann");
  }

  @Configuration(proxyBeanMethods = false)
  static class WhoIsActing {

    @Bean
    TrackerCustomizer whoIsActing() {
      return tracker -> tracker.context(() -> new OperationContext("ann", null, null));
    }
  }

  @Test
  void tracksFlywayAndWhyItEndsTheStart() throws Exception {
    Map<String, String> good = Map.of("spring.flyway.enabled", "true");
    Map<String, String> broken =
        Map.of(
            "spring.flyway.enabled", "true",
            "spring.flyway.locations", "classpath:db/migration,classpath:db/broken");

    Applications.start(database, good).close();
    assertThatThrownBy(() -> Applications.start(database, broken));

    assertThat(
            recorded(
                database,
                "metadata ->> 'rows_affected', metadata ->> 'error_code',"
                    + " error_message like '%invalid input syntax%'"))
        .isEqualTo(
            """
            1 create customer COMPLETED 0
            2 fill customer COMPLETED 5
            3 break customer FAILED 22P02 t\
            """);
  }

  @Test
  void tracksLiquibaseAndWhyItEndsTheStart() throws Exception {
    Map<String, String> good = liquibase("good");

    Applications.start(database, good).close();
    assertThatThrownBy(() -> Applications.start(database, liquibase("broken")));

    assertThat(
            recorded(
                database,
                "metadata ->> 'rows_affected', metadata ->> 'error_code',"
                    + " error_message like '%invalid input syntax%'"))
        .isEqualTo(
            """
            break-customer by ann FAILED 22P02 t
            create-customer by ann COMPLETED 0
            fill-customer by ann COMPLETED 5\
            """);
  }

  private static Map<String, String> liquibase(String changes) {
    return Map.of(
        "spring.liquibase.enabled",
        "true",
        "spring.liquibase.change-log",
        "classpath:db/changelog/" + changes + ".sql");
  }

  @Test
  void leavesMigrationsAloneIfItIsToldTo() throws Exception {
    Applications.start(
            database, Map.of("spring.flyway.enabled", "true", "pgtrail.track-migrations", "false"))
        .close();

    assertThat(database.queryForString("select count(*) from public.customer")).isEqualTo("5");
    assertThat(recorded(database, "''")).isEqualTo("null");
  }

  @Test
  void tracksStatementsOfTheDataSourceIfItIsToldTo() throws Exception {
    for (Map<String, String> properties :
        List.of(Map.<String, String>of(), Map.of("pgtrail.tracked-statements", "ddl,batches"))) {
      try (ConfigurableApplicationContext application = Applications.start(database, properties)) {
        JdbcTemplate template = application.getBean(JdbcTemplate.class);
        template.execute("create table if not exists note (id integer)");
        template.batchUpdate("insert into note values (1)", "insert into note values (2), (3)");
        assertThatThrownBy(() -> template.execute("drop table missing"))
            .isInstanceOf(DataAccessException.class);
        assertThat(application.getBean(DataSource.class).isWrapperFor(DataSource.class)).isTrue();
      }
    }
    assertThat(recorded(database, "metadata ->> 'rows_affected', metadata ->> 'error_code'"))
        .isEqualTo(
            """
            create table if not exists note (id integer) COMPLETED
            drop table missing FAILED 42P01
            insert into note values (1) COMPLETED 3\
            """);
  }

  @Test
  void staysUpAndTellsWhileNothingCanBeRecorded() throws Exception {
    Map<String, String> web =
        Map.of(
            "spring.main.web-application-type", "servlet",
            "server.port", "0",
            "server.address", "127.0.0.1",
            "management.endpoints.web.exposure.include", "health,prometheus",
            "management.endpoint.health.show-details", "always");
    try (ConfigurableApplicationContext application = Applications.start(database, web)) {
      Tracker tracker = application.getBean(Tracker.class);
      tracker.start("First", DATA_IMPORT);
      Await.until("recorded", () -> tracker.statistics().recorded() == 1);

      assertThat(get(application, "health"))
          .contains("\"pgtrail\":{\"details\":{\"recorded\":1,\"waiting\":0,\"dropped\":0")
          .contains("\"failures\":0},\"status\":\"UP\"}");
      assertThat(get(application, "prometheus"))
          .contains("pgtrail_tracker_recorded_total 1.0")
          .contains("pgtrail_tracker_dropped_total 0.0")
          .contains("pgtrail_tracker_failures_total 0.0")
          .contains("pgtrail_tracker_waiting 0.0");

      database.execute(
          "alter function script_tracking.record_operations(jsonb) rename to elsewhere");
      tracker.start("Second", DATA_IMPORT);
      Await.until("held up", () -> tracker.statistics().lastProblem().isPresent());

      assertThat(get(application, "health"))
          .startsWith("200 ")
          .contains("\"problem\":\"ERROR: function")
          .contains("},\"status\":\"UNKNOWN\"}")
          .endsWith("\"status\":\"UP\"}");
      MeterRegistry registry = application.getBean(MeterRegistry.class);
      assertThat(registry.get("pgtrail.tracker.waiting").gauge().value()).isEqualTo(1);
      assertThat(registry.get("pgtrail.tracker.failures").functionCounter().count()).isPositive();

      database.execute(
          "alter function script_tracking.elsewhere(jsonb) rename to record_operations");
      Await.until("caught up", () -> tracker.statistics().lastProblem().isEmpty());
      assertThat(get(application, "health")).contains("\"waiting\":0");
    }
    assertThat(recorded(database, "''")).isEqualTo("First RUNNING \nSecond RUNNING ");
  }

  private static String get(ConfigurableApplicationContext application, String endpoint)
      throws Exception {
    String port = application.getEnvironment().getProperty("local.server.port");
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/actuator/" + endpoint))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }
}
