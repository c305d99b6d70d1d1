package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several statements in one message of the simple protocol, as psql -c and psycopg send them. */
class ScriptCaptureTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  private TestDatabase database;

  @BeforeEach
  void createTheShop(TestDatabase database) throws SQLException {
    this.database = database;
    database.execute("create schema shop");
  }

  @Test
  void recordsEachStatementOfAScript() throws SQLException {
    assertThat(
            summariesOf(
                """
                create table shop.a (id integer);
                select 1;
                create table shop.b (id integer) ; -- the second; table

                create index b_id on shop.b (id);
                drop table shop.a;
                comment on table shop.b is 'semi;colon';
                """))
        .containsExactly(
            "CREATE TABLE: create table shop.a (id integer)",
            "CREATE TABLE: create table shop.b (id integer)",
            "CREATE INDEX: -- the second; table\n\ncreate index b_id on shop.b (id)",
            "DROP TABLE: drop table shop.a",
            "COMMENT: comment on table shop.b is 'semi;colon'");
  }

  @Test
  void tellsStatementsOfTheSameTagApart() throws SQLException {
    assertThat(
            summariesOf(
                "alter table shop.t1 add a integer; alter table shop.t2 add a integer;"
                    + " alter table shop.t1 add b integer; alter table shop.t1 add c integer",
                "create table shop.t1 (id integer)",
                "create table shop.t2 (id integer)"))
        .containsExactly(
            "ALTER TABLE: alter table shop.t1 add a integer",
            "ALTER TABLE: alter table shop.t2 add a integer",
            "ALTER TABLE: alter table shop.t1 add b integer",
            "ALTER TABLE: alter table shop.t1 add c integer");
  }

  @Test
  void isNotMisledByStatementsWithoutEffect() throws SQLException {
    assertThat(
            summariesOf(
                "drop table if exists shop.nothing; drop table if exists shop.t1;"
                    + " create table shop.t1 (id integer)",
                "create table shop.t1 (id integer)"))
        .containsExactly(
            "DROP TABLE: drop table if exists shop.t1",
            "CREATE TABLE: create table shop.t1 (id integer)");
  }

  @Test
  void understandsQuotesOfEveryKind() throws SQLException {
    assertThat(
            summariesOf(
                """
                comment on schema shop is E'it\\'s; /* no comment';
                comment on schema shop is 'two''; quotes';
                comment on schema shop is $a$ ; $b$ ; $$ $a$;
                create table shop."semi;colon" (id integer);
                create function shop.f() returns integer begin atomic select 1; select 2; end;
                /* a /* nested; */ comment; */ create table shop.last (id integer)
                """))
        .containsExactly(
            "COMMENT: comment on schema shop is E'it\\'s; /* no comment'",
            "COMMENT: comment on schema shop is 'two''; quotes'",
            "COMMENT: comment on schema shop is $a$ ; $b$ ; $$ $a$",
            "CREATE TABLE: create table shop.\"semi;colon\" (id integer)",
            "CREATE FUNCTION: create function shop.f() returns integer begin atomic select 1;"
                + " select 2; end",
            "CREATE TABLE: /* a /* nested; */ comment; */ create table shop.last (id integer)");
  }

  @Test
  void recordsWhatIsCommittedInsideTheScriptOnly() throws SQLException {
    assertThat(
            summariesOf(
                "begin; create table shop.a (id integer); commit;"
                    + " begin; create table shop.b (id integer); rollback;"
                    + " create table shop.c (id integer)"))
        .containsExactly(
            "CREATE TABLE: create table shop.a (id integer)",
            "CREATE TABLE: create table shop.c (id integer)");
  }

  @Test
  void recordsNothingOfAScriptThatFails() throws SQLException {
    DdlTrail trail = DdlTrail.from(database);

    assertThatThrownBy(() -> send("create table shop.a (id integer); select 1 / 0"))
        .isInstanceOf(SQLException.class);

    assertThat(trail.captured()).isEmpty();
  }

  @Test
  void recordsBlocksAndFunctionsInsideAScript() throws SQLException {
    assertThat(
            summariesOf(
                """
                create table shop.a (id integer);
                do $$ begin create table shop.b (id integer); end $$;
                create table shop.c (id integer);
                """))
        .containsExactly(
            "CREATE TABLE: create table shop.a (id integer)",
            "CREATE TABLE: create table shop.b (id integer)",
            "CREATE TABLE: create table shop.c (id integer)");
  }

  @Test
  void recordsSelectIntoAndTableAsInAScript() throws SQLException {
    assertThat(
            summariesOf(
                "select 1 as one; select 2 as two into shop.a; create table shop.b as select 3 as x;"
                    + " with q as (select 4 as y) select y into shop.c from q"))
        .containsExactly(
            "SELECT INTO: select 2 as two into shop.a",
            "CREATE TABLE AS: create table shop.b as select 3 as x",
            "SELECT INTO: with q as (select 4 as y) select y into shop.c from q");
  }

  @Test
  void recordsGrantsInAScriptWithTheirObjects() throws SQLException {
    List<Captured> captured =
        captured(
            "grant select on shop.t1 to public; grant insert on shop.t2 to public;"
                + " revoke select on shop.t1 from public",
            "create table shop.t1 (id integer)",
            "create table shop.t2 (id integer)");

    assertThat(captured)
        .extracting(Captured::summary)
        .containsExactly(
            "GRANT: grant select on shop.t1 to public",
            "GRANT: grant insert on shop.t2 to public",
            "REVOKE: revoke select on shop.t1 from public");
    assertThat(captured)
        .extracting(Captured::objects)
        .containsExactly(List.of("shop.t1"), List.of("shop.t2"), List.of("shop.t1"));
  }

  private List<String> summariesOf(String script, String... before) throws SQLException {
    return captured(script, before).stream().map(Captured::summary).toList();
  }

  private List<Captured> captured(String script, String... before) throws SQLException {
    database.execute(before);
    DdlTrail trail = DdlTrail.from(database);
    send(script);
    return trail.captured();
  }

  private void send(String script) throws SQLException {
    // The driver would take a script apart; of this it sends the text as it is.
    Login superuser = database.login();
    Login simple =
        new Login(
            superuser.jdbcUrl()
                + (superuser.jdbcUrl().contains("?") ? "&" : "?")
                + "preferQueryMode=simple",
            superuser.user(),
            superuser.password());
    try (Connection connection = simple.connect()) {
      Sql.execute(connection, script);
    }
  }
}
