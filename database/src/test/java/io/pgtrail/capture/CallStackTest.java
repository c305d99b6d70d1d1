package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Call stacks as servers word them: the test's server speaks English, others do not. */
class CallStackTest {

  @RegisterExtension static final TestDatabases DATABASES = Installations.PGTRAIL_DATABASES;

  private static final String CALL =
      "SELECT pgtrail.record_ddl(tg_tag, current_user::text) limit 1";

  private TestDatabase database;

  @BeforeEach
  void use(TestDatabase database) {
    this.database = database;
  }

  @Test
  void knowsOurEventTriggerInEnglish() throws SQLException {
    String ours =
        """
        PL/pgSQL function pgtrail.record_ddl(text,text) line 5 at GET DIAGNOSTICS
        SQL statement "SELECT pgtrail.record_ddl(tg_tag, current_user::text) limit 1"
        PL/pgSQL function script_tracking.event_trigger_ddl_end() line 6 at PERFORM""";

    assertThat(eventContext(ours)).isEmpty();
    assertThat(eventContext(ours + "\nSQL statement \"create table t ()\"\nmore"))
        .isEqualTo("SQL statement \"create table t ()\"\nmore");
  }

  @Test
  void knowsOurEventTriggerInGerman() throws SQLException {
    speakGerman();
    String ours =
        """
        PL/pgSQL-Funktion pgtrail.record_ddl(text,text) Zeile 5 bei GET DIAGNOSTICS
        SQL-Anweisung »SELECT pgtrail.record_ddl(tg_tag, current_user::text) limit 1«
        PL/pgSQL-Funktion script_tracking.event_trigger_ddl_end() Zeile 6 bei PERFORM""";

    assertThat(eventContext(ours)).isEmpty();
    assertThat(eventContext(ours + "\nSQL-Anweisung »create table t ()«"))
        .isEqualTo("SQL-Anweisung »create table t ()«");
  }

  @Test
  void knowsThatTheCallerIsAnother() throws SQLException {
    assertThat(
            eventContext(
                """
                PL/pgSQL function pgtrail.record_ddl(text,text) line 5 at GET DIAGNOSTICS
                SQL statement "SELECT pgtrail.record_ddl(tg_tag, current_user::text) limit 1"
                PL/pgSQL function event_trigger_ddl_end() line 6 at PERFORM"""))
        .isNull();
    assertThat(
            eventContext(
                """
                PL/pgSQL function pgtrail.record_ddl(text,text) line 5 at GET DIAGNOSTICS
                SQL statement "select pgtrail.record_ddl('CREATE TABLE', 'postgres') -- "
                PL/pgSQL function script_tracking.event_trigger_ddl_end() line 6 at PERFORM"
                PL/pgSQL function inline_code_block line 1 at EXECUTE"""))
        .isNull();
    assertThat(eventContext("PL/pgSQL function pgtrail.record_ddl(text,text) line 5")).isNull();
  }

  @Test
  void findsTheStatementInAGermanCallStack() throws SQLException {
    speakGerman();

    assertThat(
            statement(
                "SQL-Anweisung »create table t (\n  a text default '«'\n)«\n"
                    + "PL/pgSQL-Funktion inline_code_block Zeile 3 bei SQL-Anweisung",
                "CREATE TABLE"))
        .isEqualTo("create table t (\n  a text default '«'\n)");
  }

  @Test
  void findsTheStatementOfAnSqlFunctionByItsNumberInAnyLanguage() throws SQLException {
    database.execute(
        """
        create function public.two_tables() returns void language sql as $$
            create table t (a int); select 1; create table t2 (b int)
        $$
        """);

    assertThat(statement("SQL function \"two_tables\" statement 3", "CREATE TABLE"))
        .isEqualTo("create table t2 (b int)");
    speakGerman();
    assertThat(
            statement(
                "SQL-Funktion »two_tables« Anweisung 1\nSQL-Anweisung »select two_tables()«",
                "CREATE TABLE"))
        .isEqualTo("create table t (a int)");
  }

  @Test
  void isNotMisledByAQuoteAtTheEndOfALineOfTheStatement() throws SQLException {
    String statement = "comment on table t is 'one \"\nPL/pgSQL function x() line 1 at y'";

    assertThat(
            statement(
                "SQL statement \"" + statement + "\"\nPL/pgSQL function x() line 1 at EXECUTE",
                "COMMENT"))
        .isEqualTo(statement);
  }

  @Test
  void findsNothingWhereTheStackCarriesNoStatement() throws SQLException {
    assertThat(statement("PL/pgSQL function x() line 1 at EXECUTE", "COMMENT")).isNull();
    assertThat(statement("", "COMMENT")).isNull();
  }

  /** The server has no translations, so the function that samples its wording is replaced. */
  private void speakGerman() throws SQLException {
    database.execute(
        """
        create or replace function pgtrail.context_probe() returns text language sql as $$
            select E'PL/pgSQL-Funktion pgtrail.context_probe() Zeile 5 bei GET DIAGNOSTICS\\n'
                'SQL-Anweisung »select pgtrail.context_probe()«\\n'
                'PL/pgSQL-Funktion pgtrail.x() Zeile 1 bei EXECUTE'
        $$
        """);
  }

  private @Nullable String eventContext(String context) throws SQLException {
    return query(
        "select pgtrail.event_context(?, 'pgtrail.record_ddl(text,text)', ?,"
            + " 'script_tracking.event_trigger_ddl_end')",
        context,
        CALL);
  }

  private @Nullable String statement(String context, String tag) throws SQLException {
    return query("select pgtrail.statement_in_context(?, ?, null)", context, tag);
  }

  private @Nullable String query(String sql, String... arguments) throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement call = connection.prepareStatement(sql)) {
      Sql.execute(connection, "set search_path = pg_catalog, pg_temp");
      for (int i = 0; i < arguments.length; i++) {
        call.setString(i + 1, arguments[i]);
      }
      try (ResultSet result = call.executeQuery()) {
        return result.next() ? result.getString(1) : null;
      }
    }
  }
}
