package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RollupsTest extends InstalledDatabase {

  private static final int STEPS = 150;

  /** All that is made of the activity. What else they say must be the same anyway. */
  private static final List<String> REPORTS =
      List.of(
          "script_tracking.get_enterprise_dashboard()",
          "script_tracking.get_performance_metrics()",
          "script_tracking.get_activity(400, 7)",
          "script_tracking.get_anomalies(30)",
          "script_tracking.get_growth_forecast(30)",
          "script_tracking.get_system_health() where health_category = 'PERFORMANCE'");

  /** Ten days of the same, and a day on which there is much more. */
  private static final String HISTORY =
      """
      do $$
      begin
          set local role pgtrail_owner;
          with begun as (
              select sha256((d || ' ' || i)::bytea) as hk, now() - make_interval(days => d, mins => i) as since
              from generate_series(0, 10) as d, generate_series(1, case d when 0 then 60 else 5 end) as i
          ), hubs as (
              insert into script_tracking.script_execution_h
              select b.hk, encode(b.hk, 'hex'), null, b.since, 'TEST' from begun as b
          )
          insert into script_tracking.script_execution_s (
              script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
              execution_timestamp, execution_duration_ms, db_session_user, record_source, recorded_xid)
          select
              b.hk, b.since, '', encode(b.hk, 'hex'), 'MANUAL', 'COMPLETED', b.since, 10, 'postgres', 'TEST',
              pgtrail.current_place()
          from begun as b;
          reset role;
      end
      $$
      """;

  private final Instant now = Instant.now();
  private int anomalies;
  private int projections;

  /** Whatever happens in whatever order: rollups and live tail together are the trail. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void areWithTheLiveTailAndInReportsWhatTheTrailSays(long seed) throws Exception {
    Random random = new Random(seed);
    run(
        "select script_tracking.create_tenant('north')",
        "select script_tracking.create_tenant('south')");
    Login auditor = member("auditor", "pgtrail_auditor");
    Login reader = member("reader", "pgtrail_reader");
    Login worker = member("worker");
    run(
        "select script_tracking.grant_tenant('north', '" + reader.user() + "')",
        "select script_tracking.grant_tenant('south', '" + worker.user() + "')");

    run(HISTORY);
    for (String refresh : List.of("select 0", "select script_tracking.refresh_rollups()")) {
      run(refresh);
      for (Login each : List.of(database.login(), auditor, reader, worker)) {
        assertReportsAreWhatTheTrailSays(each.user());
      }
    }
    assertAWrongSumIsSeen();
    // Else the reports of many days would be compared while there is nothing in them.
    assertThat(anomalies).isPositive();
    assertThat(projections).isPositive();
    try (Connection other = database.connect();
        Connection asAuditor = database.connectAs(auditor);
        Connection asReader = database.connectAs(reader);
        Connection asWorker = database.connectAs(worker)) {
      boolean open = false;
      for (int step = 0; step < STEPS; step++) {
        if (random.nextInt(8) == 0) {
          // A transaction that holds the feed back, for a while.
          Sql.execute(other, open ? (random.nextBoolean() ? "commit" : "rollback") : "begin");
          open = !open;
        }
        Connection session = open && random.nextBoolean() ? other : connection;
        change(session, random, worker.user());
        if (step % 10 == 9) {
          String from = moment(random);
          String to = random.nextInt(4) == 0 ? "infinity" : moment(random);
          String cut = moment(random);
          for (Connection each : List.of(connection, asAuditor, asReader, asWorker)) {
            assertThat(differences(each, from, cut, to))
                .as(from + " to " + to + ", cut at " + cut)
                .isEmpty();
          }
          for (Login each : List.of(database.login(), auditor, reader, worker)) {
            assertReportsAreWhatTheTrailSays(each.user());
          }
        }
      }
    }
    // Others are tried while a transaction is in their way.
    assertThat(
            value(
                "select count(*) > 0 from script_tracking.script_execution_s where script_name = 'Cleanup of old operations'"))
        .isEqualTo("t");
  }

  /** Within the last three days, often where an hour begins. */
  private String moment(Random random) {
    Instant moment = now.minus(random.nextInt(3 * 24 * 60), ChronoUnit.MINUTES);
    return moment
        .truncatedTo(random.nextBoolean() ? ChronoUnit.HOURS : ChronoUnit.MINUTES)
        .toString();
  }

  /** In one transaction, so that both see the same trail at the same moment. */
  private void assertReportsAreWhatTheTrailSays(String role) throws SQLException, IOException {
    Sql.execute(connection, "begin");
    try {
      List<List<Map<String, @Nullable Object>>> reported = reports(role);
      List<List<Map<String, @Nullable Object>>> raw = rawReports(role);

      anomalies += reported.get(REPORTS.indexOf("script_tracking.get_anomalies(30)")).size();
      projections +=
          Collections.frequency(
              reported.get(REPORTS.indexOf("script_tracking.get_growth_forecast(30)")).stream()
                  .map(row -> row.get("kind"))
                  .toList(),
              "PROJECTED");
      for (int i = 0; i < REPORTS.size(); i++) {
        assertThat(reported.get(i)).as(REPORTS.get(i) + " for " + role).isEqualTo(raw.get(i));
      }
    } finally {
      Sql.execute(connection, "rollback");
    }
  }

  /** Else the reports might be compared with themselves. */
  private void assertAWrongSumIsSeen() throws SQLException, IOException {
    Sql.execute(connection, "begin", "update pgtrail.total_rollup set operations = operations + 1");
    String role = database.login().user();

    assertThat(reports(role)).isNotEqualTo(rawReports(role));
    Sql.execute(connection, "rollback");
  }

  private List<List<Map<String, @Nullable Object>>> rawReports(String role)
      throws SQLException, IOException {
    // Not to be recorded: that would be more in the trail than before.
    Sql.execute(
        connection,
        "set local session_replication_role = replica",
        resource("raw-activity.sql"),
        "set local session_replication_role = origin");
    return reports(role);
  }

  private List<List<Map<String, @Nullable Object>>> reports(String role) throws SQLException {
    List<List<Map<String, @Nullable Object>>> rows = new ArrayList<>();
    Sql.execute(connection, "set local role " + role);
    for (String report : REPORTS) {
      rows.add(Sql.rows(connection, "select * from " + report));
    }
    Sql.execute(connection, "reset role");
    return rows;
  }

  private void change(Connection session, Random random, String worker) throws SQLException {
    String pick =
        "(select script_execution_hk from script_tracking.script_execution_s where execution_status "
            + "%s 'RUNNING' order by script_name limit 1 offset "
            + random.nextInt(5)
            + " for update skip locked)";
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> Sql.execute(session, started(random, worker));
      case 4, 5 ->
          Sql.execute(
              session,
              "select script_tracking.complete_script_execution(hk, '%s', %d) from (select %s as hk) as o where hk is not null"
                  .formatted(
                      random.nextInt(3) == 0 ? "FAILED" : "COMPLETED",
                      (long) Math.exp(random.nextDouble() * 15) - 1,
                      pick.formatted("=")));
      case 6 ->
          Sql.execute(
              session,
              "update script_tracking.script_execution_s set metadata = '{\"seen\": %d}' where script_execution_hk = %s"
                  .formatted(random.nextInt(), pick.formatted("<>")));
      case 7, 8 -> Sql.execute(connection, "select script_tracking.refresh_rollups()");
      default ->
          Sql.execute(
              connection,
              "set lock_timeout = '1ms'",
              """
              do $$
              begin
                  perform script_tracking.cleanup_old_data(
                      %d);
              exception when lock_not_available then null;
              end
              $$
              """
                  .formatted(random.nextInt(12)),
              "set lock_timeout = 0");
    }
  }

  /** An operation as if begun within the last days, by one of several and of theirs. */
  private String started(Random random, String worker) {
    return """
        do $$
        declare
            hk bytea := sha256(random()::text::bytea);
            since timestamptz := timestamptz '%s' + random() * interval '1 hour';
        begin
            set local role pgtrail_owner;
            insert into script_tracking.script_execution_h values (hk, encode(hk, 'hex'), %s, since, 'TEST');
            insert into script_tracking.script_execution_s (
                script_execution_hk, load_date, hash_diff, script_name, script_type,
                execution_timestamp, db_session_user, record_source, tenant_hk, recorded_xid)
            values (hk, since, '', encode(hk, 'hex'), '%s', since, '%s', 'TEST', %2$s, pgtrail.current_place());
            reset role;
        end
        $$
        """
        .formatted(
            moment(random),
            switch (random.nextInt(3)) {
              case 0 -> "null";
              case 1 -> "sha256('north')";
              default -> "sha256('south')";
            },
            random.nextBoolean() ? "MANUAL" : "MIGRATION",
            random.nextBoolean() ? worker : "postgres");
  }

  private static List<String> differences(Connection session, String from, String cut, String to)
      throws SQLException, IOException {
    try (PreparedStatement query = session.prepareStatement(resource("activity-differs.sql"))) {
      query.setString(1, from);
      query.setString(2, cut);
      query.setString(3, to);
      List<String> differences = new ArrayList<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          differences.add(row.getString(1) + " " + row.getString(2));
        }
      }
      return differences;
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(RollupsTest.class.getResourceAsStream(name), name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void takeInEachVersionOnceHoweverManyRefresh() throws Exception {
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('Job ' || i))"
            + " from generate_series(1, 100) as i");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Long>> taken = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        taken.add(threads.submit(this::refresh));
      }

      long all = 0;
      for (Future<Long> each : taken) {
        all += each.get();
      }

      assertThat(all).isEqualTo(200);
      assertThat(value("select sum(operations) from pgtrail.operation_rollup")).isEqualTo("100");
      assertThat(
              value(
                  "select string_agg(operations::text, ' ') from (select sum(operations) as operations"
                      + " from pgtrail.total_rollup group by scope, minutes) as s"))
          .isEqualTo("100 100 100");
    } finally {
      threads.shutdownNow();
    }
  }

  private Long refresh() throws SQLException {
    try (Connection session = database.connect()) {
      return Long.valueOf(value(session, "select script_tracking.refresh_rollups()"));
    }
  }

  @Test
  void correctTheHourInWhichAnOperationBeganWhenItEnds() throws Exception {
    run("select script_tracking.track_operation('Job')");
    run("select script_tracking.refresh_rollups()");
    run(
        "select script_tracking.complete_operation(script_execution_hk, false)"
            + " from script_tracking.script_execution_s");
    run("select script_tracking.refresh_rollups()");

    assertThat(
            value(
                """
                select string_agg(execution_status || ' ' || operations, ', ' order by execution_status)
                from pgtrail.operation_rollup
                """))
        .isEqualTo("FAILED 1, RUNNING 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"operation_rollup", "total_rollup", "duration_rollup", "actor_rollup"})
  void giveTheSameWhenTheyAreCountedAnew(String rollup) throws Exception {
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('Job ' || i), i % 3 > 0)"
            + " from generate_series(1, 50) as i",
        "select script_tracking.refresh_rollups()");
    String rows = "select jsonb_agg(r order by r::text) from pgtrail." + rollup + " as r";
    String before = value(rows);

    run("select pgtrail.recount_rollups(now() - interval '1 day', now() + interval '1 day')");

    assertThat(before).contains("{");
    assertThat(value(rows)).isEqualTo(before);
  }

  @Test
  void areRefreshedByAdministratorsOnly() throws Exception {
    try (Connection session = database.connectAs(member("auditor", "pgtrail_auditor"))) {
      assertThat(Attempt.at(session, "select script_tracking.refresh_rollups()").sqlState())
          .isEqualTo("PT002");
    }
    try (Connection session = database.connectAs(member("admin", "pgtrail_admin"))) {
      assertThat(Attempt.at(session, "select script_tracking.refresh_rollups()").sqlState())
          .isEqualTo(Attempt.DONE);
    }
    run("set default_transaction_read_only = on");
    assertThat(attempt("select script_tracking.refresh_rollups()").sqlState()).isEqualTo("PT007");
  }

  @Test
  void placeADurationWithinFivePercent() throws Exception {
    for (int milliseconds :
        new int[] {0, 1, 2, 3, 7, 19, 20, 21, 99, 1234, 86_400_000, Integer.MAX_VALUE}) {
      double bucket =
          Double.parseDouble(
              value(
                  "select pgtrail.bucket_duration(pgtrail.duration_bucket(%d))"
                      .formatted(milliseconds)));

      assertThat(bucket).isBetween(milliseconds * 0.95, milliseconds * 1.05);
    }
  }

  @Test
  void givePercentilesWithinFivePercent() throws Exception {
    run(
        "create table sample as select (exp(random() * 12))::integer as ms from generate_series(1, 5000)");
    for (double fraction : new double[] {0, 0.5, 0.95, 0.99, 1}) {
      String exact =
          value(
              "select percentile_disc(%s) within group (order by ms) from sample"
                  .formatted(fraction));
      String near =
          value(
              """
              select pgtrail.duration_percentile(
                  %s, array_agg(pgtrail.duration_bucket(ms)), array_agg(1::bigint))
              from sample
              """
                  .formatted(fraction));

      assertThat(Double.parseDouble(near))
          .isBetween(Double.parseDouble(exact) * 0.95, Double.parseDouble(exact) * 1.05);
    }
    assertThat(value("select pgtrail.duration_percentile(0.5, '{}', '{}')")).isEqualTo("null");
  }
}
