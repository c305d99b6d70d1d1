package io.pgtrail.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.connection.ConnectionSettings;
import io.pgtrail.connection.Environment;
import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("one-major")
final class SqlScriptTest {

  @RegisterExtension static final TestDatabases DATABASES = TestDatabases.empty();

  @Test
  void executesEverythingInOneTransaction(TestDatabase database) throws SQLException {
    List<String> notices = new ArrayList<>();

    ScriptOutcome outcome =
        new SqlScript(
                """
                create table t (id int);
                insert into t values (1), (2);
                create function f() returns int language sql begin atomic select 1; select 2; end;
                do $$ begin raise notice 'half; way'; end $$;
                update t set id = id + 1;
                """)
            .execute(dataSource(database), notices::add, new Cancellation());

    assertThat(outcome).isEqualTo(new ScriptOutcome.Done(4));
    assertThat(notices).containsExactly("half; way");
    assertThat(database.queryForString("select sum(id) from t")).isEqualTo("5");
  }

  @Test
  void saysWhereItFailedAndKeepsNothing(TestDatabase database) throws SQLException {
    String script = "create table t (id int);\n-- 😀\nselect 1;\n  select broken;\nselect 2";

    ScriptOutcome outcome =
        new SqlScript(script).execute(dataSource(database), notice -> {}, new Cancellation());

    ScriptFailure failure = outcome.fold(done -> null, ScriptOutcome.Failed::failure);
    assertThat(failure)
        .isEqualTo(new ScriptFailure("42703", "column \"broken\" does not exist", null, 4));
    assertThat(database.queryForString("select to_regclass('t')")).isNull();
  }

  @Test
  void saysThatCopyNeedsPsql(TestDatabase database) {
    ScriptOutcome outcome =
        new SqlScript("create table t (id int); copy t from stdin;")
            .execute(dataSource(database), notice -> {}, new Cancellation());

    ScriptFailure failure = outcome.fold(done -> null, ScriptOutcome.Failed::failure);
    assertThat(failure.hint()).contains("psql");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\d t", "select 1;\n\\copy t from 'x'", "select 1 \\gexec"})
  void refusesCommandsOfPsql(String script) {
    assertThatThrownBy(() -> new SqlScript(script))
        .isInstanceOf(PgtrailException.class)
        .hasMessageEndingWith("of the script is a command of psql, not SQL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select '\\d'",
        "select E'\\''",
        "select $a$ \\d $a$",
        "-- \\d\nselect 1",
        "/* \\d /* \\x */ \\y */ select 1",
        "select 1 as \"\\d\"",
        "\uFEFFselect 1"
      })
  void leavesBackslashesInTextAlone(String script) {
    assertThat(new SqlScript(script).text()).contains("select");
  }

  private static TrailDataSource dataSource(TestDatabase database) {
    return ConnectionSettings.resolve(
            database.jdbcUrl(),
            new Environment(
                Map.of("PGPASSWORD", database.login().password()),
                Path.of("/nonexistent"),
                database.login().user()))
        .dataSource();
  }
}
