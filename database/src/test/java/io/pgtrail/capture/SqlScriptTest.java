package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a script is taken apart into its statements, and how one of them is found again. */
class SqlScriptTest {

  @RegisterExtension static final TestDatabases DATABASES = Installations.PGTRAIL_DATABASES;

  private static TestDatabase database;

  @BeforeAll
  static void share(TestDatabase shared) {
    database = shared;
  }

  /** Each is one statement, whatever semicolons are in it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 1",
        "select 'a;b'",
        "select 'it''s; so'",
        "select E'it\\'s; so'",
        "select e'back\\\\' || ';'",
        "select U&'d\\0061t;a'",
        "select B'1' || ';'",
        "select ';' 'x' ';'",
        "select $$a;b$$",
        "select $tag$a; $$ ; $other$ ;$tag$",
        "select $t\u00e4g$;$t\u00e4g$",
        "select a$b$c, ';'",
        "select $1 + $2",
        "select \"semi;colon\", \"quote\"\";\"",
        "select 1 -- not; here",
        "select 1 /* not; /* nor; */ here; */ + 1",
        "create rule r as on insert to t do (delete from a; delete from b)",
        "create function f() returns int begin atomic select 1; select 2; end",
        "create function f() returns int BEGIN\n ATOMIC select case when true then 1 end; end",
        "create function f() returns int begin atomic"
            + " select case x when 1 then case y when 2 then 3 end end; select 4; end",
        "create function f() returns int language sql as 'select 1; select 2'",
        "do $do$ begin perform ';'; execute $q$;$q$; end $do$",
        "",
        " ",
      })
  void knowsWhereAStatementEnds(String statement) throws SQLException {
    assertThat(statements(statement)).containsExactly(statement);
    assertThat(statements(statement + "\n; select 2;"))
        .containsExactly(statement + "\n", " select 2", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select 'open",
        "select \"open",
        "select $$open",
        "select /* open",
        "select /* open /* */",
        "select (1",
        "select E'open\\'",
        "create function f() returns int begin atomic select 1"
      })
  void tellsThatAStatementIsNotComplete(String statement) throws SQLException {
    assertThat(query("select complete from pgtrail.next_statement(?, 1)", statement))
        .isEqualTo("f");
  }

  @Test
  void keepsTransactionsApartFromBodies() throws SQLException {
    assertThat(statements("begin; select 1; end; select 2"))
        .containsExactly("begin", " select 1", " end", " select 2");
  }

  @Test
  void findsTheLastStatementOfALongScript() throws SQLException {
    String one =
        "insert into t values ('" + "some; value, ".repeat(40) + "', $$another$$) -- and; more\n;";
    String script = one.repeat(1_000_000 / one.length()) + " create table last_of_all (i int)";

    assertThat(
            query(
                "select statement from pgtrail.statement_in_script(?, 1, 'CREATE TABLE', 's.last_of_all')",
                script))
        .isEqualTo("create table last_of_all (i int)");
  }

  @Test
  void goesOnInALongScriptWhereItStopped() throws SQLException {
    String filler = "select '" + "\u00fc;".repeat(40_000) + "';";
    String script = filler + "create table a ();" + filler + "create table b ();" + filler;

    String next =
        query(
            "select next_from from pgtrail.statement_in_script(?, 1, 'CREATE TABLE', 's.a')",
            script);

    assertThat(next).isEqualTo(String.valueOf(filler.length() + "create table a ();".length() + 1));
    assertThat(
            query(
                "select statement from pgtrail.statement_in_script(?, ?::integer, 'CREATE TABLE', 's.b')",
                script,
                next))
        .isEqualTo("create table b ()");
  }

  @Test
  void takesALongConstantAsOne() throws SQLException {
    String script = "select '" + "x;".repeat(500_000) + "'; select 2";

    assertThat(query("select next_from from pgtrail.next_statement(?, 1)", script))
        .isEqualTo(String.valueOf(script.length() - " select 2".length() + 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          create table a (i int); create table b (i int)      | CREATE TABLE | s.b     | create table b (i int)
          create table a (i int); create table b (i int)      | CREATE TABLE | s.a     | create table a (i int)
          create table ab (i int); create table a (i int)     | CREATE TABLE | s.a     | create table a (i int)
          drop table a; create unlogged table if not exists a | CREATE TABLE | s.a     | create unlogged table if not exists a
          create /* x */ table -- y                           | CREATE TABLE | s.a     | create /* x */ table -- y
          select 1; table t; select 2 into t                  | SELECT INTO  | s.t     | select 2 into t
          create or replace temp recursive view v (a) as x    | CREATE VIEW  | s.v     | create or replace temp recursive view v (a) as x
          create table "A""b" (i int); create table c (i int) | CREATE TABLE | s."A""b" | create table "A""b" (i int)
          create unique index concurrently i on t (a)         | CREATE INDEX | s.i     | create unique index concurrently i on t (a)
          create function b() as x; create function a() as y  | CREATE FUNCTION | s.a(pg_catalog.text) | create function a() as y
          vacuum; analyze                                     | CREATE TABLE | s.a     | vacuum; analyze
          alter procedural language l rename to m; select 1   | ALTER LANGUAGE | m     | alter procedural language l rename to m
          grant select on a to b; grant select on c to d      | GRANT        |         | grant select on a to b
          """)
  void findsAStatementByItsTagAndObject(
      String script, String tag, @Nullable String identity, String statement) throws SQLException {
    assertThat(
            query(
                "select statement from pgtrail.statement_in_script(?, 1, ?, ?)",
                script,
                tag,
                identity))
        .isEqualTo(statement);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          grant select on t to a                       | {t}
          grant select on t, s."on to" to a            | {t,"s.\\"on to\\""}
          grant select (a, b), update (c) on t to a    | {t}
          grant execute on function f(int, text), g to a | {"function f(int,text)",g}
          revoke grant option for all on schema s from a | {"schema s"}
          grant all on large object 4711, 4712 to a    | {"large object 4711",4712}
          grant select on all tables in schema a, b to c | {"all tables in schema a",b}
          """)
  void findsWhatAGrantNames(String statement, String names) throws SQLException {
    assertThat(query("select pgtrail.names_after_on(?)", statement)).isEqualTo(names);
  }

  private static List<String> statements(String script) throws SQLException {
    List<String> statements = new ArrayList<>();
    @Nullable String from = "1";
    while (from != null) {
      statements.add(
          Objects.requireNonNull(
              query("select statement from pgtrail.next_statement(?, ?::integer)", script, from)));
      from = query("select next_from from pgtrail.next_statement(?, ?::integer)", script, from);
    }
    return statements;
  }

  private static @Nullable String query(String sql, @Nullable String... arguments)
      throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement call = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        call.setString(i + 1, arguments[i]);
      }
      try (ResultSet result = call.executeQuery()) {
        return result.next() ? result.getString(1) : null;
      }
    }
  }
}
