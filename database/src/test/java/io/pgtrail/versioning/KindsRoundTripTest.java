package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.ClientProgram;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of object, with every option, is the same again when its DDL made it elsewhere. */
final class KindsRoundTripTest extends InstalledDatabase {

  private static final String DEFINITIONS =
      """
      select s.object_type, s.full_name, pgtrail.canonical(s.definition)::text as definition
      from pgtrail.live_state() as s
      order by s.object_type, s.full_name
      """;

  static List<String> kinds() {
    return Kinds.ALL;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anExportMakesTheSameSchemaInAnEmptyDatabase(String kind) throws Exception {
    define(kind);

    Login exported = exported();

    try (Connection copy = exported.connect()) {
      assertThat(Sql.rows(copy, DEFINITIONS)).isEqualTo(Sql.rows(connection, DEFINITIONS));
    }
    assertThat(value("select count(*) from pggit.verify_database_integrity()")).isEqualTo("0");
    // PostgreSQL has its own opinion of what is the same; it reads no later version than its own.
    if (ClientProgram.majorVersionOf("pg_dump") >= database.majorVersion()) {
      assertThat(SchemaDump.of(exported))
          .containsExactlyElementsOf(SchemaDump.of(database.login()));
    }
  }

  private void define(String kind) throws Exception {
    Kinds.define(kind, database.login(), database.majorVersion());
    // PostgreSQL fires no event for event triggers.
    run("select pggit.adopt_drift()");
  }

  /** Gives an empty database with what is exported from that of the test. */
  private Login exported() throws Exception {
    Login copy = database.twin();
    try (Connection session = SimpleProtocol.of(copy).connect()) {
      Sql.execute(session, value("select pggit.export_schema()"));
    }
    return copy;
  }
}
