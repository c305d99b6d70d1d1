package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * PostgreSQL's event trigger firing matrix, every command tag once: in one session, each in a
 * transaction that is taken back.
 */
class FiringMatrixTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  /** Tags that PostgreSQL lists for event triggers and that no test can see, and why. */
  private static final Set<String> NO_STATEMENT_HAS_THIS_TAG =
      Set.of(
          "ALTER ACCESS METHOD",
          "ALTER CAST",
          "ALTER CONSTRAINT",
          "ALTER TRANSFORM",
          "CREATE CONSTRAINT",
          "CREATE ROUTINE",
          "DROP CONSTRAINT");

  /** The tag of an event that is no statement; it fires nothing at ddl_command_end. */
  private static final Set<String> NOT_DDL = Set.of("LOGIN");

  /** Needs a label provider; no library that PostgreSQL ships by default is one. */
  private static final Set<String> NOT_EXECUTABLE_HERE = Set.of("SECURITY LABEL");

  private static TestDatabase database;
  private static String role;
  private static Connection connection;

  @BeforeAll
  static void createTheShop(TestDatabase shared) throws SQLException {
    database = shared;
    role = database.role("clerk").user();
    connection = database.connect();
    Sql.execute(
        connection,
        "create schema shop",
        "create table shop.item (id integer primary key, name text)");
    connection.setAutoCommit(false);
  }

  /** So that the next test finds the shop as it was. */
  @AfterEach
  void takeBack() throws SQLException {
    connection.rollback();
  }

  @AfterAll
  static void disconnect() throws SQLException {
    connection.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "firing-matrix.csv", delimiter = '|', numLinesToSkip = 3)
  void recordsEveryCommandTagOnce(
      String tag,
      int sinceMajor,
      @Nullable String before,
      String statement,
      @Nullable String affects)
      throws SQLException {
    assumeTrue(database.majorVersion() >= sinceMajor, "fires events since " + sinceMajor);
    if (before != null) {
      Sql.execute(connection, filled(before));
    }
    DdlTrail trail = DdlTrail.from(connection);

    Sql.execute(connection, filled(statement), "set constraints all immediate");

    List<Captured> all = trail.captured();
    List<Captured> withTag = all.stream().filter(each -> each.tag().equals(tag)).toList();
    assertThat(withTag).hasSize(1);
    if (!tag.endsWith(" EXTENSION")) {
      assertThat(all).as("whatever tag").hasSize(1);
    }
    Captured captured = withTag.get(0);
    assertThat(all).extracting(Captured::metadata).noneMatch(text -> text.contains("incomplete"));
    assertThat(captured.statement()).isEqualTo(filled(statement));
    assertThat(captured.objects()).containsExactlyInAnyOrderElementsOf(objects(affects));
    assertThat(captured.effectiveRole()).isEqualTo("postgres");
    assertThat(captured.row())
        .containsEntry("execution_status", "COMPLETED")
        .containsEntry("script_type", "DDL_AUTO")
        .containsEntry("db_session_user", "postgres")
        .containsEntry("record_source", "EVENT_TRIGGER")
        .containsEntry("error_message", null);
    assertThat(captured.row().get("script_name")).asString().startsWith("AUTO_DDL_" + tag + "_");
    assertThat(captured.row().get("execution_duration_ms")).isNotNull();
  }

  /**
   * No function of PostgreSQL lists the tags. So all it has ever had are listed in {@code
   * command-tags.txt} (from cmdtaglist.h of 14 to 18), and the server is asked which of them it
   * takes for an event trigger. A tag that a later major adds has to be added there.
   */
  @Test
  void coversEveryTagThatTheServerTakesForAnEventTrigger() throws Exception {
    Set<String> supported = new TreeSet<>();
    Sql.execute(
        connection,
        "create function shop.nothing() returns event_trigger language plpgsql as 'begin end'");
    for (String tag : lines("command-tags.txt")) {
      if (takesForEventTrigger(tag)) {
        supported.add(tag);
      }
    }

    Set<String> covered = new TreeSet<>();
    covered.addAll(NO_STATEMENT_HAS_THIS_TAG);
    covered.addAll(NOT_EXECUTABLE_HERE);
    if (database.majorVersion() >= 17) {
      covered.addAll(NOT_DDL);
    }
    for (String line : lines("firing-matrix.csv")) {
      String[] column = line.split("\\|", -1);
      if (column.length > 1
          && !column[0].startsWith("tag")
          && Integer.parseInt(column[1].strip()) <= database.majorVersion()) {
        covered.add(column[0].strip());
      }
    }
    assertThat(covered).isEqualTo(supported);
  }

  private static boolean takesForEventTrigger(String tag) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      Sql.execute(
          connection,
          "create event trigger only_asking on ddl_command_end when tag in ('"
              + tag
              + "') execute function shop.nothing()",
          "drop event trigger only_asking");
      return true;
    } catch (SQLException refused) {
      // Unknown to this major, or known and without events.
      assertThat(refused.getSQLState()).isIn("42601", "0A000");
      connection.rollback(before);
      return false;
    }
  }

  private static String filled(String template) {
    URI url = URI.create(database.jdbcUrl().substring("jdbc:".length()));
    return template
        // How 14 and 15 word the identity of a transform.
        .replace("{on }", database.majorVersion() < 16 ? "on " : "")
        .replace("{role}", role)
        .replace("{database}", database.name())
        .replace("{host}", url.getHost())
        .replace("{port}", String.valueOf(url.getPort()))
        .replace("{user}", database.login().user())
        .replace("{password}", database.login().password());
  }

  private static List<String> objects(@Nullable String affects) {
    return affects == null
        ? List.of()
        : Arrays.stream(filled(affects).split(";")).map(String::strip).toList();
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream stream =
            Objects.requireNonNull(FiringMatrixTest.class.getResourceAsStream(resource));
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        Stream<String> lines = reader.lines()) {
      return new ArrayList<>(
          lines.filter(line -> !line.isBlank() && !line.startsWith("#")).toList());
    }
  }
}
