package io.pgtrail.benchmarks;

import io.pgtrail.benchmarks.Measurements.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Makes groups of ten objects and their history. All groups but the first are there, changes
 * included, before pgtrail is. The first is created and changed ten times with it; then the others
 * get the history that the first one has, with their names in it.
 */
final class VersionsGenerator {

  static final int GROUP = 10;
  static final int ROUNDS = 10;

  private static final String OBJECTS = TrailGenerator.read("versioned-objects.sql");
  private static final String CHANGES = TrailGenerator.read("versioned-changes.sql");
  private static final String HISTORY = TrailGenerator.read("versions.sql");
  private static final int FIRST_ROUND = 11;

  private final Database database;
  private final Progress progress;

  VersionsGenerator(Database database, Progress progress) {
    this.database = database;
    this.progress = progress;
  }

  /** Makes all groups but the first, before pgtrail is there. */
  void createObjects(int groups) throws SQLException {
    progress.begin("%,d objects".formatted(groups * GROUP), groups);
    Server.run(database, "create schema shop");
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int group = 1; group < groups; group++) {
        statement.execute(of(OBJECTS, group));
        for (int round = 0; round < ROUNDS; round++) {
          statement.execute(change(group, round));
        }
        connection.commit();
        progress.report(group);
      }
    }
    progress.end();
  }

  /**
   * Creates the first group, changes it and gives its history to the others.
   *
   * @return seconds that a transaction with a change of each of ten objects takes
   */
  double createHistory() throws SQLException {
    progress.note("history");
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(of(OBJECTS, 0));
      connection.commit();
      long start = System.nanoTime();
      for (int round = 0; round < ROUNDS; round++) {
        statement.execute(change(0, round));
        connection.commit();
      }
      final double seconds = (System.nanoTime() - start) / 1e9 / ROUNDS;
      statement.execute(HISTORY);
      connection.commit();
      connection.setAutoCommit(true);
      statement.execute("vacuum analyze");
      statement.execute("checkpoint");
      return seconds;
    }
  }

  private static String change(int group, int round) {
    return of(CHANGES, group).replace("{r}", String.valueOf(FIRST_ROUND + round));
  }

  private static String of(String statements, int group) {
    return statements.replace("{g}", "g%05d".formatted(group));
  }
}
