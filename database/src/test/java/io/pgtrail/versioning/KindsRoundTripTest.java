package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.InstalledDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of object, with every option, is the same again when its DDL made it elsewhere. */
final class KindsRoundTripTest extends InstalledDatabase {

  private static final String DEFINITIONS =
      """
      select s.object_type, s.full_name, pgtrail.canonical(s.definition)::text as definition
      from pgtrail.live_state() as s
      order by s.object_type, s.full_name
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "code",
        "collations",
        "default_privileges",
        "domains",
        "extensions",
        "foreign",
        "foreign_tables",
        "indexes",
        "operators",
        "partitions",
        "publications",
        "schemas",
        "sequences",
        "statistics",
        "tables",
        "text_search",
        "types"
      })
  void anExportMakesTheSameSchemaInAnEmptyDatabase(String kind) throws Exception {
    try (Connection session = SimpleProtocol.login(database, database.name()).connect()) {
      Sql.execute(session, fixture(kind));
    }
    // PostgreSQL fires no event for event triggers.
    run("select pggit.adopt_drift()");
    List<Map<String, @Nullable Object>> here = Sql.rows(connection, DEFINITIONS);
    String export = value("select pggit.export_schema()");

    String copy = database.name() + "_copy";
    run("create database " + copy);
    try {
      Login login = SimpleProtocol.login(database, copy);
      new Installer(login.dataSource()).install();
      try (Connection other = login.connect()) {
        Sql.execute(other, export);

        assertThat(Sql.rows(other, DEFINITIONS)).isEqualTo(here);
      }
    } finally {
      run("drop database " + copy + " with (force)");
    }
    assertThat(value("select count(*) from pggit.verify_database_integrity()")).isEqualTo("0");
  }

  /** A line {@code -- from N} leaves out what follows, up to an empty line, before major N. */
  private String fixture(String kind) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean left = false;
    for (String line : resource("kinds/" + kind + ".sql").split("\n", -1)) {
      if (line.matches("-- from \\d+")) {
        left = Integer.parseInt(line.substring("-- from ".length())) > database.majorVersion();
      } else if (line.isEmpty()) {
        left = false;
      }
      if (!left) {
        lines.add(line);
      }
    }
    return String.join("\n", lines);
  }

  private static String resource(String name) throws IOException {
    try (InputStream file = KindsRoundTripTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
