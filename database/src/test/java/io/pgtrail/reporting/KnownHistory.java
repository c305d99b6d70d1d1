package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

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
}
