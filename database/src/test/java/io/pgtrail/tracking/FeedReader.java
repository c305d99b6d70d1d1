package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A consumer of the feed that outlives the database: it keeps its place and what it has read. */
final class FeedReader {

  private static final String VERSIONS =
      "select encode(script_execution_hk, 'hex') || ' ' || version_number as version"
          + " from script_tracking.script_execution_s_versions";

  private final List<String> read = new ArrayList<>();
  private String place = "null";

  /** Reads in small portions until there is nothing more. */
  void readOn(Connection session) throws SQLException {
    for (int before = -1; before < read.size(); ) {
      before = read.size();
      for (var row :
          Sql.rows(
              session,
              """
              select encode(v.script_execution_hk, 'hex') || ' ' || v.version_number as version,
                  row(v.recorded_xid, v.script_execution_hk, v.version_number)::pgtrail.feed_cursor::text as place
              from pgtrail.read_versions(%s::pgtrail.feed_cursor, 2) as v
              """
                  .formatted(place))) {
        read.add(String.valueOf(row.get("version")));
        place = "'" + row.get("place") + "'";
      }
    }
  }

  /** Forgets what it has read, and keeps its place. */
  void forget() {
    read.clear();
  }

  /** How many versions it has read. */
  int size() {
    return read.size();
  }

  /** Asserts that it has read each version that is in the trail, and none of them twice. */
  void assertReadOnceAndAll(Connection session) throws SQLException {
    assertThat(read)
        .containsExactlyInAnyOrderElementsOf(
            Sql.rows(session, VERSIONS).stream()
                .map(row -> String.valueOf(row.get("version")))
                .toList());
  }
}
