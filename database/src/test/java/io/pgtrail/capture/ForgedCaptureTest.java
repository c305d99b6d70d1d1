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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A role that would hide or forge a record. */
class ForgedCaptureTest {

  @RegisterExtension static final TestDatabases DATABASES = Installations.PGTRAIL_DATABASES;

  private TestDatabase database;
  private Login attacker;

  @BeforeEach
  void createTheShop(TestDatabase database) throws SQLException {
    this.database = database;
    attacker = database.role("mallory");
    database.execute("create schema shop authorization " + attacker.user());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select pgtrail.record_ddl('CREATE TABLE', 'postgres')",
        "select pgtrail.record_ddl('CREATE TABLE', 'postgres') limit 1",
        "select pgtrail.record_drop('DROP TABLE', 'postgres')",
        "select pgtrail.note_ddl_start('CREATE TABLE')",
        "select pgtrail.note_table_rewrite('ALTER TABLE')",
        "select pgtrail.report_failure('CREATE TABLE', '00000', 'nothing')",
        "create table shop.forged as select 1 as one"
            + " where pgtrail.record_ddl('CREATE TABLE', 'postgres') is null",
        "create materialized view shop.forged as select 1 as one"
            + " where pgtrail.record_drop('DROP TABLE', 'postgres') is null",
        "do $$ begin perform pgtrail.record_ddl('CREATE TABLE', 'postgres') limit 1; end $$",
        "do $$ declare tg_tag text := 'CREATE TABLE';"
            + " begin perform pgtrail.record_ddl(tg_tag, current_user::text) limit 1; end $$",
        "do $$ begin execute E'select pgtrail.record_ddl(''CREATE TABLE'', ''postgres'') /* \"\n"
            + "PL/pgSQL function script_tracking.event_trigger_ddl_end() line 6 at PERFORM */';"
            + " end $$",
      })
  void refusesADirectCall(String call) throws SQLException {
    DdlTrail trail = DdlTrail.from(database);

    assertThatThrownBy(() -> asAttacker(call))
        .isInstanceOfSatisfying(
            SQLException.class,
            // The note functions that no user needs are not even visible to everyone.
            refused -> assertThat(refused.getSQLState()).isIn("PT002", "42501"));

    assertThat(trail.captured()).isEmpty();
  }

  @Test
  void refusesACallFromFunctionsNamedLikeOurs() throws SQLException {
    asAttacker(
        """
        create function shop.event_trigger_ddl_end() returns void language plpgsql as $$
        declare
            tg_tag text := 'CREATE TABLE';
        begin
            perform pgtrail.record_ddl(tg_tag, current_user::text) limit 1;
        end $$
        """,
        """
        create function shop."script_tracking.event_trigger_ddl_end"() returns void
        language plpgsql as $$
        declare
            tg_tag text := 'CREATE TABLE';
        begin
            perform pgtrail.record_ddl(tg_tag, current_user::text) limit 1;
        end $$
        """);
    DdlTrail trail = DdlTrail.from(database);

    for (String name :
        List.of("event_trigger_ddl_end", "\"script_tracking.event_trigger_ddl_end\"")) {
      assertThatThrownBy(
              () -> asAttacker("set search_path = shop, public", "select " + name + "()"))
          .hasMessageContaining("event triggers of pgtrail only");
    }

    assertThat(trail.captured()).isEmpty();
  }

  @Test
  void ignoresANoteThatItDidNotWrite() throws SQLException {
    List<Captured> captured =
        capturedAsAttacker(
            "set pgtrail.note = '" + "0".repeat(64) + "{\"frames\": [{\"key\": \"x\"}]}'",
            "create table shop.a (id integer)",
            "set pgtrail.note = 'nonsense'",
            "do $$ begin create table shop.b (id integer); end $$",
            "do $$ begin perform set_config('pgtrail.note', repeat('f', 64) || '[]', false);"
                + " create table shop.c (id integer); end $$");

    assertThat(captured)
        .extracting(Captured::statement)
        .containsExactly(
            "create table shop.a (id integer)",
            "create table shop.b (id integer)",
            "create table shop.c (id integer)");
  }

  @Test
  void ignoresANoteOfItsOwnThatIsReplayed() throws SQLException {
    asAttacker(
        """
        create function shop.remember() returns integer language plpgsql as $$
        begin
            perform set_config('shop.note', current_setting('pgtrail.note', true), false);
            return 1;
        end $$
        """);

    List<Captured> captured =
        capturedAsAttacker(
            "do $$ begin create table shop.a as select shop.remember() as one; end $$",
            "select set_config('pgtrail.note', current_setting('shop.note'), false)",
            "create table shop.b (id integer)");

    assertThat(captured)
        .extracting(Captured::statement)
        .containsExactly(
            "create table shop.a as select shop.remember() as one",
            "create table shop.b (id integer)");
  }

  @Test
  void saysWhenCodeOfTheStatementTookAwayWhatWasNoted() throws SQLException {
    asAttacker(
        "create table shop.t (a integer)",
        "insert into shop.t values (1)",
        """
        create function shop.wipe(a integer) returns bigint language plpgsql as $$
        begin
            perform set_config('pgtrail.note', '', false);
            return a;
        end $$
        """);

    List<Captured> captured =
        capturedAsAttacker(
            "do $$ begin alter table shop.t alter a type bigint using shop.wipe(a::integer); end $$",
            "alter table shop.t alter a type bigint using shop.wipe(a::integer), add unique (a)",
            "do $$ begin alter table shop.t alter a type integer; end $$",
            "alter table shop.t add primary key (a)",
            "create table shop.b (a integer); create table shop.c (a integer)");

    assertThat(captured)
        .extracting(each -> each.metadata().contains("\"incomplete\": true"))
        .containsExactly(true, true, false, false, false, false);
  }

  @Test
  void isNotMisledByATextThatLooksLikeACallStack() throws SQLException {
    String statement =
        """
        comment on schema shop is 'x"
        PL/pgSQL function script_tracking.event_trigger_ddl_end() line 6 at PERFORM
        SQL statement "drop table shop.never"'
        """
            .strip();

    List<Captured> captured =
        capturedAsAttacker(
            statement, "do $do$ begin execute $sql$" + statement + "$sql$; end $do$");

    assertThat(captured).extracting(Captured::statement).containsExactly(statement, statement);
  }

  @Test
  void isNotMisledByACommentThatLooksLikeACallStack() throws SQLException {
    String statement =
        """
        comment on schema shop is 'why' /* "
        PL/pgSQL function inline_code_block line 1 at EXECUTE */
        """
            .strip();

    List<Captured> captured =
        capturedAsAttacker("do $do$ begin execute $sql$" + statement + "$sql$; end $do$");

    assertThat(captured).extracting(Captured::statement).containsExactly(statement);
  }

  @Test
  void looksUpNothingThroughTheSearchPathOfTheUser() throws SQLException {
    database.execute("grant temporary on database " + database.name() + " to public");

    List<Captured> captured =
        capturedAsAttacker(
            "create function shop.shout() returns text language plpgsql as"
                + " $$ begin raise exception 'called'; end $$",
            "create function shop.lower(text) returns text language plpgsql as"
                + " $$ begin raise exception 'called'; end $$",
            "create function shop.jsonb_build_object(variadic text[]) returns jsonb"
                + " language plpgsql as $$ begin raise exception 'called'; end $$",
            "create function shop.same(text, text) returns boolean language plpgsql as"
                + " $$ begin raise exception 'called'; end $$",
            "create operator shop.= (leftarg = text, rightarg = text, function = shop.same)",
            "create operator shop.<> (leftarg = text, rightarg = text, function = shop.same)",
            "create domain shop.text as pg_catalog.int4",
            "create temp table settings (capture_temporary boolean)",
            "create temp table script_execution_s (x integer)",
            "create temp table pg_class (oid oid)",
            "set search_path = pg_temp, shop, pg_catalog",
            "create table shop.target (id pg_catalog.int4 primary key)",
            "do $$ begin drop table shop.target; end $$");

    assertThat(captured)
        .extracting(Captured::summary)
        .endsWith(
            "CREATE TABLE: create table shop.target (id pg_catalog.int4 primary key)",
            "DROP TABLE: drop table shop.target");
  }

  @Test
  void cannotBeSwitchedOffByARoleWithoutRights() throws SQLException {
    for (String attempt :
        List.of(
            "set session_replication_role = replica",
            "alter event trigger et_ddl_command_end disable",
            "drop event trigger et_ddl_command_end",
            "drop function script_tracking.event_trigger_ddl_end() cascade",
            "select script_tracking.configure('capture_always', 'false')",
            "update pgtrail.settings set on_capture_failure = 'abort'",
            "select * from pgtrail.secret")) {
      assertThatThrownBy(() -> asAttacker(attempt))
          .as(attempt)
          .isInstanceOfSatisfying(
              SQLException.class,
              refused -> assertThat(refused.getSQLState()).isIn("42501", "PT002"));
    }
  }

  @Test
  void capturesEvenAsAReplicaWhenAsked() throws SQLException {
    database.execute("select script_tracking.configure('capture_always', 'true')");

    assertThat(
            DdlTrail.of(
                database,
                "set session_replication_role = replica",
                "create table shop.item (id integer)",
                "drop table shop.item"))
        .extracting(Captured::tag)
        .containsExactly("CREATE TABLE", "DROP TABLE");
  }

  @Test
  void recordsWhatIsDoneToItsOwnObjects() throws SQLException {
    List<Captured> captured =
        DdlTrail.of(
            database,
            "alter table pgtrail.settings add column extra integer",
            "create index on script_tracking.script_execution_s (script_name)",
            "comment on schema pgtrail is 'mine now'");

    assertThat(captured)
        .extracting(Captured::tag)
        .containsExactly("ALTER TABLE", "CREATE INDEX", "COMMENT");
  }

  private List<Captured> capturedAsAttacker(String... statements) throws SQLException {
    DdlTrail trail = DdlTrail.from(database);
    asAttacker(statements);
    return trail.captured();
  }

  private void asAttacker(String... statements) throws SQLException {
    try (Connection connection = database.connectAs(attacker)) {
      Sql.execute(connection, statements);
    }
  }
}
