package io.pgtrail.capture;

import io.pgtrail.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The DDL operations that a test causes: those that were not there when it began. */
final class DdlTrail {

  private final TestDatabase database;
  private final Set<String> before = new HashSet<>();

  private DdlTrail(TestDatabase database) {
    this.database = database;
  }

  /** Begins to look: what the trail holds now is not of interest. */
  static DdlTrail from(TestDatabase database) throws SQLException {
    DdlTrail trail = new DdlTrail(database);
    trail.all().forEach(captured -> trail.before.add(key(captured)));
    return trail;
  }

  /** Runs statements as superuser, each by itself, and gives what the trail got of them. */
  static List<Captured> of(TestDatabase database, String... statements) throws SQLException {
    DdlTrail trail = from(database);
    database.execute(statements);
    return trail.captured();
  }

  /** As {@link #of}, when there is exactly one operation. */
  static Captured ofOne(TestDatabase database, String... statements) throws SQLException {
    List<Captured> captured = of(database, statements);
    if (captured.size() != 1) {
      throw new AssertionError("Not one operation: " + captured);
    }
    return captured.get(0);
  }

  /** What has been captured and committed meanwhile, in the order in which it ended. */
  List<Captured> captured() throws SQLException {
    return all().stream().filter(captured -> !before.contains(key(captured))).toList();
  }

  /** Tags and statements of what has been captured. */
  List<String> summaries() throws SQLException {
    return captured().stream().map(Captured::summary).toList();
  }

  private List<Captured> all() throws SQLException {
    return database.rows(Captured.QUERY).stream().map(Captured::of).toList();
  }

  private static String key(Captured captured) {
    return String.valueOf(captured.row().get("script_name"));
  }
}
