package io.pgtrail.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.benchmarks.Measurements.Database;
import io.pgtrail.embedded.EmbeddedPostgres;
import java.io.OutputStream;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class VersionsGeneratorTest {

  private static final int GROUPS = 3;

  private static EmbeddedPostgres postgres;
  private static Database database;

  @BeforeAll
  static void generate() throws Exception {
    postgres = EmbeddedPostgres.builder().inMemory().setting("fsync", "off").start();
    Server server = new Server(postgres);
    database = server.create("versions");
    VersionsGenerator generator =
        new VersionsGenerator(
            database, new Progress(new PrintStream(OutputStream.nullOutputStream())));
    generator.createObjects(GROUPS);
    server.install("versions");
    generator.createHistory();
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  private static String value(String query) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  @Test
  void everyObjectHasTenChangesInCommitsOfItsGroup() throws Exception {
    assertThat(
            value(
                """
                select concat_ws(' ', count(*), count(distinct object_id), count(distinct commit_id))
                from pggit.history
                where change_type <> 'CREATE'
                """))
        .isEqualTo(
            "%d %d %d"
                .formatted(
                    GROUPS * VersionsGenerator.GROUP * VersionsGenerator.ROUNDS,
                    GROUPS * VersionsGenerator.GROUP,
                    GROUPS * VersionsGenerator.ROUNDS));
  }

  @Test
  void theNewestVersionsAreWhatTheCatalogsHave() throws Exception {
    assertThat(value("select count(*) from pggit.verify_database_integrity()")).isEqualTo("0");
  }

  @Test
  void theHistoryOfAGroupIsThatOfTheFirstWithOtherNames() throws Exception {
    String history =
        """
        select md5(string_agg(replace(concat_ws('|', h.object_type, h.full_name, h.change_type, h.change_severity,
            h.version_before, h.version_after, h.definition_before, h.definition_after, h.ddl_before, h.ddl_after,
            (
                select string_agg(o.full_name, ' ' order by o.full_name)
                from pggit.objects as o
                where o.id = any (h.depends_on_before)
            )), '%1$s', 'group'), '|' order by h.change_timestamp, h.full_name))
        from pggit.history as h
        where h.full_name ~ '%1$s' and h.change_type <> 'CREATE'
        """;

    assertThat(value(history.formatted("g00002")))
        .isEqualTo(value(history.formatted("g00000")))
        .hasSize(32);
  }
}
