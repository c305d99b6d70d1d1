package io.pgtrail.benchmarks;

import io.pgtrail.benchmarks.Measurements.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Measures schemas of growing size under version control, each in a database of its own. */
final class VersionsBenchmark {

  private final Server server;
  private final Progress progress;
  private final GrowthTable table = new GrowthTable();

  VersionsBenchmark(Server server, Progress progress) {
    this.server = server;
    this.progress = progress;
  }

  /**
   * Measures at a tenth of a size, and at that size.
   *
   * @param largest objects in the largest schema, ten changes each
   */
  GrowthTable upTo(int largest) throws SQLException {
    for (int objects : List.of(largest / 10, largest)) {
      int groups = Math.max(2, objects / VersionsGenerator.GROUP);
      table.size((long) groups * VersionsGenerator.GROUP);
      String name = "versions_" + objects;
      measure(server.create(name), name, groups);
      server.drop(name);
    }
    return table;
  }

  private void measure(Database database, String name, int groups) throws SQLException {
    VersionsGenerator generator = new VersionsGenerator(database, progress);
    generator.createObjects(groups);
    progress.note("installation");
    long start = System.nanoTime();
    server.install(name);
    table.atMost(
        "installation with a baseline of all objects", (System.nanoTime() - start) / 1e9, "s", 60);
    table.add("commit of a change of ten objects", generator.createHistory() * 1000, "ms");
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      questions(statement, groups);
    }
  }

  private void questions(Statement statement, int groups) throws SQLException {
    String middle = moment(statement, groups * VersionsGenerator.ROUNDS / 2);
    // The first group was created and changed last, in a commit and one for each round.
    String few = moment(statement, VersionsGenerator.ROUNDS + 2);
    String half = moment(statement, VersionsGenerator.ROUNDS + groups / 2);
    table.atMost(
        "state at a moment", seconds(statement, "pggit.get_state(" + middle + ")"), "s", 1);
    table.atMost(
        "diff with twenty objects in it", seconds(statement, "pggit.diff(" + few + ")"), "s", 1);
    table.atMost(
        "diff with half of the objects in it",
        seconds(statement, "pggit.diff(" + half + ")"),
        "s",
        1);
    add(statement, "impact of what all depend on", "pggit.impact('shop')");
    add(statement, "integrity check of all objects", "pggit.verify_database_integrity()");
    add(statement, "schema of a moment as DDL", "pggit.export_schema(" + middle + ")");
    add(statement, "migration of twenty objects", "pggit.generate_migration(" + few + ")");
    add(statement, "migration of half of the objects", "pggit.generate_migration(" + half + ")");
    add(
        statement,
        "preview of a rollback of twenty objects",
        "pggit.preview_rollback(" + few + ")");
  }

  private void add(Statement statement, String work, String call) throws SQLException {
    table.add(work, seconds(statement, call), "s");
  }

  private double seconds(Statement statement, String call) throws SQLException {
    progress.note(call);
    return ReportTimes.millis(statement, "select * from " + call) / 1000;
  }

  /** The moment that so many commits follow, as SQL. */
  private static String moment(Statement statement, int commits) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "select format('%L::timestamptz', committed_at) from pggit.commit"
                + " where kind = 'DDL' order by committed_at desc limit 1 offset "
                + commits)) {
      row.next();
      return row.getString(1);
    }
  }
}
