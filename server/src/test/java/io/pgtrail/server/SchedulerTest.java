package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.logs.LogSetup;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Sql;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;

/** What the server does from time to time, though a target is down. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class SchedulerTest {

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @Test
  void everyTaskIsDoneInTheTargetThatAnswersAndThePageSaysWhen() throws Exception {
    Visitor reader = new Visitor(server).signedInAs("acme");

    Await.until(
        "every task is done",
        () ->
            statuses(reader)
                .equals(
                    List.of(
                        "alerts DONE",
                        "webhooks DONE",
                        "rollups DONE",
                        "abandoned DONE",
                        "retention DONE",
                        "logs DONE")));

    assertThat(reader.get("/t/shop/health").body())
        .contains("versions added", "0 operations closed", "0 operations and 0 alerts removed");
  }

  @Test
  void theLogIsFollowedOnceItIsSetUpAndShowsWhatWasDenied() throws Exception {
    Visitor reader = new Visitor(server).signedInAs("acme");
    Await.until("the page says what to do", () -> healthSays(reader, "pgtrail logs setup"));
    new LogSetup(Watched.shop()).apply();
    try (Connection session = Watched.asTheServer()) {
      Await.until("the log is read", () -> healthSays(reader, "log record"));

      assertThatThrownBy(() -> Sql.execute(session, "begin; select * from pg_catalog.pg_authid"))
          .isInstanceOf(SQLException.class);

      Await.until("the denial is in the trail", () -> !denied(reader).isEmpty());
      assertThat(denied(reader)).hasSize(1);
      JsonNode refusal = denied(reader).get(0);
      assertThat(refusal.path("status").asText()).isEqualTo("FAILED");
      assertThat(refusal.toString())
          .contains("pgtrail_web", "permission denied for table pg_authid");
      assertThat(reader.get("/t/shop/operations?type=REFUSAL").body())
          .contains("Denied SELECT", "pgtrail_web");
    } finally {
      Watched.shop()
          .useHandle(
              shop ->
                  shop.execute(
                      "revoke execute on function pg_ls_logdir() from pgtrail_owner;"
                          + " delete from pgtrail.log_file"));
    }
    Await.until("it is not read any more", () -> healthSays(reader, "pgtrail logs setup"));
  }

  private static boolean healthSays(Visitor visitor, String text) throws Exception {
    return visitor.get("/t/shop/health").body().contains(text);
  }

  /** Of refusals those that the log tells of; the pages refuse something, too. */
  private static List<JsonNode> denied(Visitor visitor) throws Exception {
    List<JsonNode> denied = new ArrayList<>();
    for (JsonNode refusal :
        new ObjectMapper()
            .readTree(visitor.get("/api/v1/targets/shop/operations?type=REFUSAL").body())
            .path("operations")) {
      if (refusal.path("name").asText().equals("Denied SELECT")) {
        denied.add(refusal);
      }
    }
    return denied;
  }

  @Test
  void aTaskThatIsOnHoldElsewhereIsNotDoneTwice() throws Exception {
    Visitor reader = new Visitor(server).signedInAs("acme");
    Watched.shop()
        .useHandle(
            other -> {
              Await.until(
                  "another server has the task",
                  () ->
                      other
                          .createQuery(
                              "select begins from pgtrail.begin_task('alerts', interval '"
                                  + Watched.TASKS_EVERY
                                  + "')")
                          .mapTo(Boolean.class)
                          .one());
              assertThat(statuses(reader)).contains("alerts RUNNING");
              long begun = begins();
              String before = String.valueOf(runs(other, "webhooks"));
              Await.until(
                  "another task goes on",
                  () -> !before.equals(String.valueOf(runs(other, "webhooks"))));

              assertThat(begins()).isEqualTo(begun);
              other
                  .createQuery("select pgtrail.finish_task('alerts', true, 'done elsewhere')")
                  .mapTo(String.class)
                  .list();
            });

    Await.until(
        "our server has its turn",
        () -> !reader.get("/t/shop/health").body().contains("done elsewhere"));
  }

  @Test
  void whatIsDoneOfABacklogOfAlertsStaysDone() throws Exception {
    Watched.shop()
        .useHandle(
            shop -> {
              shop.execute(
                  "select script_tracking.set_alert_rule('Backlog', 'SLOW_OPERATION',"
                      + " '{\"type\": \"BACKLOG\", \"milliseconds\": 1}')");
              // Versions of one transaction: they are read all at once, or in steps.
              shop.execute(
                  "select script_tracking.complete_script_execution("
                      + "script_tracking.track_operation('Backlog', 'BACKLOG'), p_duration_ms => 1)"
                      + " from generate_series(1, 3000)");
            });
    String alerts = " from pgtrail.alert where rule_name = 'Backlog'";

    Watched.await("select (count(*) = 3000)::text" + alerts);

    assertThat(Watched.value("select (count(distinct xmin::text) > 1)::text" + alerts))
        .isEqualTo("true");
    Watched.shop()
        .useHandle(
            shop -> {
              shop.execute("select script_tracking.drop_alert_rule('Backlog')");
              shop.execute("delete from pgtrail.alert where rule_name = 'Backlog'");
            });
  }

  private static Object runs(Handle handle, String task) {
    return handle
        .createQuery("select started_at::text from pgtrail.task where task = :task")
        .bind("task", task)
        .mapTo(String.class)
        .one();
  }

  private static long begins() {
    return Watched.shop()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "select (extract(epoch from started_at) * 1000000)::bigint"
                            + " from pgtrail.task where task = 'alerts'")
                    .mapTo(Long.class)
                    .one());
  }

  private static List<String> statuses(Visitor visitor) throws Exception {
    List<String> statuses = new ArrayList<>();
    for (JsonNode task :
        new ObjectMapper().readTree(visitor.get("/api/v1/targets/shop/tasks").body())) {
      statuses.add(task.path("task").asText() + " " + task.path("status").asText());
    }
    return statuses;
  }
}
