package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtrail.testkit.ClientProgram;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only where the client programs of PostgreSQL are installed: the server alone brings none. */
final class DumpAndRestoreTest extends InstalledDatabase {

  @TempDir Path directory;

  @Test
  void theTrailSurvivesAndGoesOn() throws Exception {
    assumeTrue(
        ClientProgram.majorVersionOf("pg_dump") >= database.majorVersion(),
        "no pg_dump of this version or later");
    String copy = database.name() + "_copy";
    run(
        "select script_tracking.create_tenant('acme')",
        "select script_tracking.complete_operation(script_tracking.track_operation('Job'), false, 'broken')",
        "create table t (id int)",
        "create view v as select id from t");
    String file = directory.resolve("dump").toString();

    ClientProgram.run(database.login(), "pg_dump", "--format=custom", "--file=" + file);
    run("create database " + copy);
    try {
      ClientProgram.run(
          database.login(), "pg_restore", "--exit-on-error", "--dbname=" + copy, file);
      Login login =
          new Login(
              database.jdbcUrl().replace(database.name(), copy),
              database.login().user(),
              database.login().password());
      try (Connection restored = login.connect()) {
        assertThat(value(restored, VERSIONS)).isEqualTo(value(VERSIONS));
        assertThat(
                Attempt.at(restored, "delete from script_tracking.script_execution_s").sqlState())
            .isEqualTo("PT003");
        Sql.execute(
            restored,
            "select script_tracking.complete_operation(script_tracking.track_operation('Later'))",
            "create table after_restore (id int)");
        assertThat(value(restored, "select count(*) from script_tracking.get_execution_history()"))
            .isEqualTo("5");

        Sql.execute(restored, "alter table t rename to u", "alter table u add column a int");
        assertThat(value(restored, "select pggit.get_version('public.u')")).isEqualTo("2.1.0");
        assertThat(value(restored, "select pggit.get_version('public.v')")).isEqualTo("1.0.1");
        assertThat(value(restored, "select count(*) from pggit.verify_database_integrity()"))
            .isEqualTo("0");
      }
    } finally {
      run("drop database " + copy + " with (force)");
    }
  }

  private static final String VERSIONS =
      "select string_agg(v::text, '|' order by v::text) from script_tracking.script_execution_s_versions as v";
}
