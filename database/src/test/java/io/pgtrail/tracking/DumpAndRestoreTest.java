package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.ClientProgram;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only where the client programs of PostgreSQL are installed: the server alone brings none. */
final class DumpAndRestoreTest extends InstalledDatabase {

  private static final String VERSIONS =
      "select string_agg(v::text, '|' order by v::text) from script_tracking.script_execution_s_versions as v";

  private final FeedReader consumer = new FeedReader();

  @TempDir private Path directory = Path.of("/");

  @BeforeEach
  void needsClientPrograms() throws Exception {
    assumeTrue(
        ClientProgram.majorVersionOf("pg_dump") >= database.majorVersion(),
        "no pg_dump of this version or later");
  }

  /** As the page on installing says: first the roles, then the database. */
  @Test
  void inAFreshClusterTheTrailGoesOnWithoutLossOrRepeat() throws Exception {
    leaveManyTransactionsBehind();
    run(
        "select script_tracking.create_tenant('acme')",
        "select script_tracking.complete_operation(script_tracking.track_operation('Job'), false, 'broken')",
        "create extension pgcrypto",
        "select auth.register_user_tracking('{\"email\": \"ann@x.yy\", \"password\": \"secure123\"}')",
        "create table t (id int)",
        "create view v as select id from t",
        "select script_tracking.refresh_rollups()");
    consumer.readOn(connection);
    run(
        "select script_tracking.complete_operation(script_tracking.track_operation('Not read yet'))",
        "select script_tracking.track_operation('Running')");
    Path roles = directory.resolve("roles");
    Path dump = directory.resolve("dump");
    Files.writeString(
        roles,
        ClientProgram.run(
            database.login(), "pg_dumpall", "--roles-only", "--database=" + database.name()));
    ClientProgram.run(database.login(), "pg_dump", "--format=custom", "--file=" + dump);

    try (EmbeddedPostgres fresh =
        EmbeddedPostgres.builder()
            .inMemory()
            .setting("fsync", "off")
            .majorVersion(database.majorVersion())
            .start()) {
      Login login = new Login(fresh.jdbcUrl("postgres"), fresh.user(), fresh.password());
      // There is a role of this name already: psql says so and goes on.
      ClientProgram.run(login, "psql", "--quiet", "--file=" + roles);
      // With its password, as the last line of the roles has it.
      login = new Login(login.jdbcUrl(), login.user(), database.login().password());
      ClientProgram.run(
          login, "pg_restore", "--exit-on-error", "--dbname=postgres", dump.toString());
      try (Connection restored = login.connect()) {
        assertGoesOn(restored, login);
      }
    }
  }

  private void assertGoesOn(Connection restored, Login login) throws Exception {
    assertThat(value(restored, VERSIONS)).isEqualTo(value(VERSIONS));
    assertThat(
            value(
                restored,
                "select bool_and(recorded_xid > pg_current_xact_id())"
                    + " from script_tracking.script_execution_s_versions"))
        .as("the fresh cluster is far behind")
        .isEqualTo("t");
    assertThat(Attempt.at(restored, "delete from script_tracking.script_execution_s").sqlState())
        .isEqualTo("PT003");
    consumer.readOn(restored);
    consumer.assertReadOnceAndAll(restored);

    Sql.execute(
        restored,
        "select script_tracking.complete_operation(script_tracking.track_operation('Later'))",
        "select script_tracking.complete_operation(script_execution_hk)"
            + " from script_tracking.script_execution_s where script_name = 'Running'",
        "create table after_restore (id int)");
    consumer.readOn(restored);
    consumer.assertReadOnceAndAll(restored);
    assertThat(value(restored, "select count(*) from script_tracking.get_execution_history()"))
        .isEqualTo(value("select count(*) + 2 from script_tracking.get_execution_history()"));

    Sql.execute(restored, "alter table t rename to u", "alter table u add column a int");
    assertThat(value(restored, "select pggit.get_version('public.u')")).isEqualTo("2.1.0");
    assertThat(value(restored, "select pggit.get_version('public.v')")).isEqualTo("1.0.1");
    assertThat(value(restored, "select count(*) from pggit.verify_database_integrity()"))
        .isEqualTo("0");

    new Installer(login.dataSource()).install();
    Sql.execute(restored, "drop table after_restore");
    consumer.readOn(restored);
    consumer.assertReadOnceAndAll(restored);
    Sql.execute(restored, "select script_tracking.refresh_rollups()");
    assertThat(
            value(restored, "select sum(operations) from pgtrail.total_rollup where minutes = 5"))
        .isEqualTo(value(restored, "select count(*) from script_tracking.script_execution_s"));
    assertThat(
            value(
                restored,
                "select auth.login_user_tracking('ann@x.yy', 'secure123', null) ->> 'success'"))
        .isEqualTo("true");
  }

  /** So that no restore into a fresh cluster comes near. */
  private void leaveManyTransactionsBehind() throws Exception {
    run(
        """
        do $$
        begin
            for i in 1..50000 loop
                perform pg_current_xact_id();
                commit;
            end loop;
        end
        $$
        """);
  }
}
