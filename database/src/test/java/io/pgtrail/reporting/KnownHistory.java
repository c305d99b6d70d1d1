package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A database whose trail a test writes itself, as only the owner of the trail could. */
abstract class KnownHistory extends InstalledDatabase {

  /** Operations that are alike; what is not said is a completed one of the superuser, now. */
  final class Operations {
    private final int count;
    private String type = "MANUAL";
    private String status = "COMPLETED";
    private String began = "now()";
    private String duration = "10";
    private String user = "session_user";
    private String address = "null";
    private String tenant = "null";

    private Operations(int count) {
      this.count = count;
    }

    Operations ofType(String value) {
      type = value;
      return this;
    }

    Operations failed() {
      status = "FAILED";
      return this;
    }

    Operations running() {
      status = "RUNNING";
      duration = "null";
      return this;
    }

    /** So long before now, an interval. */
    Operations ago(String interval) {
      began = "now() - interval '" + interval + "'";
      return this;
    }

    /** When they began, an expression. */
    Operations at(String expression) {
      began = expression;
      return this;
    }

    /** How long each took; a number or an expression of i, from 1 on. */
    Operations taking(String milliseconds) {
      duration = milliseconds;
      return this;
    }

    Operations by(String name) {
      user = "'" + name + "'";
      return this;
    }

    Operations from(String clientAddress) {
      address = "'" + clientAddress + "'::inet";
      return this;
    }

    Operations ofTenant(String name) {
      tenant = "sha256('" + name + "')";
      return this;
    }

    void write() throws SQLException {
      asOwner(
          String.format(
              Locale.ROOT,
              """
              with written as (
                  insert into script_tracking.script_execution_h
                      (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
                  select sha256(k::text::bytea), k, %8$s, %4$s, 'SCRIPT_TRACKER'
                  from (select gen_random_uuid()::text as k from generate_series(1, %1$d)) as q
                  returning *
              )
              insert into script_tracking.script_execution_s (
                  script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
                  execution_timestamp, execution_duration_ms, db_session_user, client_ip, record_source,
                  tenant_hk
              )
              select
                  script_execution_hk, load_date, '', 'Job ' || i, '%2$s', '%3$s', load_date, %5$s, %6$s,
                  %7$s, record_source, tenant_hk
              from (select *, row_number() over () as i from written) as w
              """,
              count,
              type,
              status,
              began,
              duration,
              user,
              address,
              tenant));
    }
  }

  /** So many operations, to be described further and written. */
  final Operations operations(int count) {
    return new Operations(count);
  }

  /** Runs statements as the owner of the trail. */
  final void asOwner(String... statements) throws SQLException {
    run("begin", "set local role pgtrail_owner");
    run(statements);
    run("commit");
  }

  /** The rows of a query, its columns joined by blanks; NULL is the word null. */
  static List<String> lines(Connection session, String query) throws SQLException {
    return Sql.rows(session, query).stream()
        .map(row -> row.values().stream().map(String::valueOf).collect(Collectors.joining(" ")))
        .toList();
  }

  final List<String> lines(String query) throws SQLException {
    return lines(connection, query);
  }

  /** Asserts that a query gives exactly these lines, in any order. */
  final void assertLines(String query, String... expected) throws SQLException {
    assertThat(lines(query)).containsExactlyInAnyOrder(expected);
  }

  /**
   * What the first value of a query is for callers of different rights.
   *
   * @param auditor who reads everything
   * @param reader who reads the system and the tenant acme
   * @param readerAlone who reads the system
   * @param own who recorded operations in the system and has no rights
   * @param nobody who did neither
   */
  record Seen(String auditor, String reader, String readerAlone, String own, String nobody) {}

  /**
   * Asserts what each sees of one operation of the system, two of the tenant acme, four failed ones
   * of the tenant bolt and eight of somebody's own, each with a type of its own; the same with and
   * without rollups.
   */
  final void assertSeen(String query, Seen seen) throws Exception {
    Login auditor = member("auditor", "pgtrail_auditor");
    Login reader = member("reader", "pgtrail_reader");
    Login readerAlone = member("reader_alone", "pgtrail_reader");
    Login own = member("own");
    Login nobody = member("nobody");
    run(
        "select script_tracking.create_tenant('acme'), script_tracking.create_tenant('bolt')",
        "select script_tracking.grant_tenant('acme', '" + reader.user() + "')");
    String began = "1 hour";
    operations(1).ofType("SYSTEM").ago(began).write();
    operations(2).ofType("ACME").ofTenant("acme").ago(began).write();
    operations(4).ofType("BOLT").ofTenant("bolt").failed().ago(began).write();
    operations(8).ofType("OWN").by(own.user()).ago(began).write();

    for (String before : new String[] {"select 1", "select script_tracking.refresh_rollups()"}) {
      run(before);
      assertThat(valueFor(auditor, query)).as("auditor").isEqualTo(seen.auditor());
      assertThat(valueFor(reader, query)).as("reader").isEqualTo(seen.reader());
      assertThat(valueFor(readerAlone, query)).as("reader alone").isEqualTo(seen.readerAlone());
      assertThat(valueFor(own, query)).as("own").isEqualTo(seen.own());
      assertThat(valueFor(nobody, query)).as("nobody").isEqualTo(seen.nobody());
    }
  }

  private String valueFor(Login caller, String query) throws SQLException {
    try (Connection session = database.connectAs(caller)) {
      return value(session, query);
    }
  }
}
