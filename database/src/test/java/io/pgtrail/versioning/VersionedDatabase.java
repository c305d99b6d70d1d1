package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** A database with pgtrail for each test, and what its versions tell. */
abstract class VersionedDatabase extends InstalledDatabase {

  /** Where the last version of an object and the first one of the next change must meet. */
  private static final String BROKEN_LINEAGES =
      """
      select h.full_name || ': ' || h.change_type
      from (
          select
              h.*,
              lag(h.definition_after) over lineage as definition_left,
              lag(h.version_after) over lineage as version_left,
              lag(h.change_timestamp) over lineage as moment_left,
              lead(h.id) over lineage is null as is_last
          from pggit.history as h
          window lineage as (partition by h.object_id order by h.change_timestamp)
      ) as h
      join pggit.objects as o on o.id = h.object_id
      join pggit.commit as c on c.commit_id = h.commit_id
      where h.moment_left is not null
              and pgtrail.canonical(h.definition_left) is distinct from pgtrail.canonical(h.definition_before)
          or h.moment_left is not null and h.version_left is distinct from h.version_before
          or h.moment_left >= h.change_timestamp
          or c.committed_at <> h.change_timestamp
          or c.author is distinct from h.changed_by
          or h.is_last and o.is_active <> (h.definition_after is not null)
          or h.is_last and o.is_active
              and (pgtrail.canonical(o.definition), o.version, o.full_name)
                  is distinct from (pgtrail.canonical(h.definition_after), h.version_after, h.full_name)
      """;

  private static final String CHANGES =
      """
      select concat_ws(' ', h.change_type, h.object_type, h.full_name, h.version_after)
      from pggit.history as h
      where h.change_timestamp > '%s'
      order by h.change_timestamp, pgtrail.kind_rank(h.object_type), h.full_name
      """;

  private String beginning = "-infinity";

  @BeforeEach
  final void begin() throws SQLException {
    beginning = now();
  }

  /** Gives the moment on the server. */
  final String now() throws SQLException {
    return value("select clock_timestamp()");
  }

  /** Runs statements as superuser, each by itself, and gives what they changed. */
  final List<String> changesOf(String... statements) throws SQLException {
    String before = now();
    run(statements);
    return changesSince(before);
  }

  /** Gives all changes after a moment, in order. */
  final List<String> changesSince(String moment) throws SQLException {
    return column(CHANGES.formatted(moment));
  }

  /** Gives the first column of all rows, as superuser. */
  final List<String> column(String query) throws SQLException {
    return column(connection, query);
  }

  /** Gives the first column of all rows. */
  static List<String> column(Connection connection, String query) throws SQLException {
    return Sql.rows(connection, query).stream()
        .map(row -> String.valueOf(row.values().iterator().next()))
        .toList();
  }

  /** Checks that what is recorded is what is there, and that each version follows from the last. */
  final void assertRecordedAsItIs() throws SQLException {
    assertThat(column("select message from pgtrail.capture_failure")).isEmpty();
    assertThat(drift()).isEmpty();
    assertThat(column("select t::text from pgtrail.touched as t")).isEmpty();
    assertThat(column(BROKEN_LINEAGES)).isEmpty();
    assertThat(
            column(
                "select full_name from pggit.history where script_execution_hk is null"
                    + " and change_timestamp > '"
                    + beginning
                    + "'"))
        .as("changes without an operation")
        .isEmpty();
  }

  /** Gives what differs between the record and the catalogs. */
  final List<String> drift() throws SQLException {
    return column(
        "select concat_ws(' ', status, object_type, full_name, changes::text)"
            + " from pggit.verify_database_integrity()");
  }

  /** Gives the version of an object. */
  final String version(String object) throws SQLException {
    return value("select pggit.get_version('" + object.replace("'", "''") + "')");
  }
}
