package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.InstalledDatabase;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What pgtrail does not describe it cannot miss itself: so the catalogs are asked directly. */
final class ExportedCatalogsTest extends InstalledDatabase {

  @Test
  void anExportOfEveryKindMakesTheSameRowsInTheCatalogs() throws Exception {
    for (String kind : Kinds.ALL) {
      Kinds.define(kind, database.login(), database.majorVersion());
    }
    // PostgreSQL fires no event for event triggers.
    run("select pggit.adopt_drift()");
    Login copy = database.twin();

    try (Connection session = SimpleProtocol.of(copy).connect()) {
      Sql.execute(session, value("select pggit.export_schema()"));
    }

    List<String> rows = catalogRows(database.login());
    assertThat(rows).anyMatch(row -> row.startsWith("pg_constraint ")).hasSizeGreaterThan(3000);
    assertThat(catalogRows(copy)).containsExactlyElementsOf(rows);
  }

  private static List<String> catalogRows(Login login) throws Exception {
    try (Connection session = SimpleProtocol.of(login).connect();
        InputStream functions =
            ExportedCatalogsTest.class.getResourceAsStream("catalog-rows.sql")) {
      Sql.execute(
          session,
          new String(Objects.requireNonNull(functions).readAllBytes(), StandardCharsets.UTF_8));
      return Sql.rows(session, "select row from pg_temp.catalog_rows() as row").stream()
          .map(row -> String.valueOf(row.get("row")))
          .sorted()
          .toList();
    }
  }
}
