package io.pgtrail.capture;

import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The DDL operations that a test causes: those that were not there when it began. */
final class DdlTrail {

  /** Who reads the trail. */
  @FunctionalInterface
  private interface Reader {
    List<Map<String, @Nullable Object>> rows(String query) throws SQLException;
  }

  private final Reader reader;
  private final Set<String> before = new HashSet<>();

  private DdlTrail(Reader reader) {
    this.reader = reader;
  }

  /** Begins to look: what the trail holds now is not of interest. */
  static DdlTrail from(TestDatabase database) throws SQLException {
    return from((Reader) database::rows);
  }

  /** As above, with what the transaction of the connection has not committed yet. */
  static DdlTrail from(Connection connection) throws SQLException {
    return from((Reader) query -> Sql.rows(connection, query));
  }

  private static DdlTrail from(Reader reader) throws SQLException {
    DdlTrail trail = new DdlTrail(reader);
    trail.all().forEach(captured -> trail.before.add(key(captured)));
    return trail;
  }

  /** Runs statements as superuser, each by itself, and gives what the trail got of them. */
  static List<Captured> of(TestDatabase database, String... statements) throws SQLException {
    DdlTrail trail = from(database);
    database.execute(statements);
    return trail.captured();
  }

  /** As above, in a session that goes on. */
  static List<Captured> of(Connection session, String... statements) throws SQLException {
    DdlTrail trail = from(session);
    Sql.execute(session, statements);
    return trail.captured();
  }

  /** As {@link #of}, when there is exactly one operation. */
  static Captured ofOne(TestDatabase database, String... statements) throws SQLException {
    return one(of(database, statements));
  }

  /** As above, in a session that goes on. */
  static Captured ofOne(Connection session, String... statements) throws SQLException {
    return one(of(session, statements));
  }

  private static Captured one(List<Captured> captured) {
    if (captured.size() != 1) {
      throw new AssertionError("Not one operation: " + captured);
    }
    return captured.get(0);
  }

  /** What has been captured meanwhile, in the order in which it ended. */
  List<Captured> captured() throws SQLException {
    return all().stream().filter(captured -> !before.contains(key(captured))).toList();
  }

  /** Tags and statements of what has been captured. */
  List<String> summaries() throws SQLException {
    return captured().stream().map(Captured::summary).toList();
  }

  private List<Captured> all() throws SQLException {
    return reader.rows(Captured.QUERY).stream().map(Captured::of).toList();
  }

  private static String key(Captured captured) {
    return String.valueOf(captured.row().get("script_name"));
  }
}
