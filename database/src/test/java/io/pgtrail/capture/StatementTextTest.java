package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** DDL inside blocks, functions, procedures and extensions: the statement itself is recorded. */
class StatementTextTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  private TestDatabase database;

  @BeforeEach
  void createTheShop(TestDatabase database) throws SQLException {
    this.database = database;
    database.execute("create schema shop");
  }

  @Test
  void recordsEachStatementOfADoBlock() throws SQLException {
    List<Captured> captured =
        DdlTrail.of(
            database,
            """
            do $$
            begin
                create table shop.one (id integer);
                create index on shop.one (id);
                comment on table shop.one is 'It''s "one"; really';
                drop table shop.one;
            end $$
            """);

    assertThat(captured)
        .extracting(Captured::summary)
        .containsExactly(
            "CREATE TABLE: create table shop.one (id integer)",
            "CREATE INDEX: create index on shop.one (id)",
            "COMMENT: comment on table shop.one is 'It''s \"one\"; really'",
            "DROP TABLE: drop table shop.one");
  }

  @Test
  void recordsDynamicSqlAsItWasExecuted() throws SQLException {
    List<Captured> captured =
        DdlTrail.of(
            database,
            """
            do $$
            begin
                for i in 1..3 loop
                    execute format('create table shop.part_%s (id integer check (id <> %s))', i, i);
                end loop;
            end $$
            """);

    assertThat(captured)
        .extracting(Captured::statement)
        .containsExactly(
            "create table shop.part_1 (id integer check (id <> 1))",
            "create table shop.part_2 (id integer check (id <> 2))",
            "create table shop.part_3 (id integer check (id <> 3))");
  }

  @Test
  void recordsStatementsOfNestedFunctions() throws SQLException {
    database.execute(
        """
        create function shop.inner_most() returns void language sql as $$
            create table shop.a (id integer);
            create table shop.b (note text default ';');
        $$
        """,
        """
        create function shop.middle() returns void language plpgsql as $$
        begin
            create view shop.early as select 1 as one;
            perform shop.inner_most();
            create view shop.late as select 2 as two;
        end $$
        """,
        """
        create function shop.outer_most() returns void language plpgsql as $$
        begin
            perform shop.middle();
            drop table shop.b;
        end $$
        """);

    List<Captured> captured = DdlTrail.of(database, "select shop.outer_most()");

    assertThat(captured)
        .extracting(Captured::summary)
        .containsExactly(
            "CREATE VIEW: create view shop.early as select 1 as one",
            "CREATE TABLE: create table shop.a (id integer)",
            "CREATE TABLE: create table shop.b (note text default ';')",
            "CREATE VIEW: create view shop.late as select 2 as two",
            "DROP TABLE: drop table shop.b");
  }

  @Test
  void recordsStatementsOfAProcedureThatCommits() throws SQLException {
    database.execute(
        """
        create procedure shop.migrate() language plpgsql as $$
        begin
            create table shop.a (id integer);
            commit;
            create table shop.b (id integer);
            rollback;
            create table shop.c (id integer);
        end $$
        """);

    List<Captured> captured = DdlTrail.of(database, "call shop.migrate()");

    assertThat(captured)
        .extracting(Captured::statement)
        .containsExactly("create table shop.a (id integer)", "create table shop.c (id integer)");
  }

  @Test
  void forgetsWhatAnExceptionBlockUndoes() throws SQLException {
    List<Captured> captured =
        DdlTrail.of(
            database,
            """
            do $$
            begin
                begin
                    create table shop.a (id integer);
                    perform 1 / 0;
                exception when division_by_zero then
                    create table shop.b (id integer);
                end;
                create table shop.c (id integer);
            end $$
            """);

    assertThat(captured)
        .extracting(Captured::statement)
        .containsExactly("create table shop.b (id integer)", "create table shop.c (id integer)");
  }

  @Test
  void recordsWhatAnExtensionScriptDoesWithTheExtension() throws SQLException {
    List<Captured> captured = DdlTrail.of(database, "create extension lo schema shop");

    assertThat(captured)
        .extracting(Captured::tag)
        .startsWith("CREATE DOMAIN", "CREATE FUNCTION")
        .endsWith("CREATE EXTENSION");
    assertThat(captured).extracting(Captured::extension).startsWith("lo", "lo", "lo");
    assertThat(captured)
        .extracting(Captured::statement)
        .endsWith("create extension lo schema shop");
    assertThat(captured.get(0).statement()).startsWithIgnoringCase("create domain lo");
  }

  @Test
  void recordsWhatTheQueryOfATableDoesBeforeTheTable() throws SQLException {
    database.execute(
        """
        create function shop.side_effect() returns integer language plpgsql as $$
        begin
            create table shop.aside (id integer);
            return 1;
        end $$
        """);

    List<Captured> captured =
        DdlTrail.of(
            database,
            "create table shop.by_as as select shop.side_effect()",
            "drop table shop.aside",
            "select shop.side_effect() as one into shop.by_into",
            "drop table shop.aside",
            "create materialized view shop.by_view as select 1 as one");

    assertThat(captured)
        .extracting(Captured::summary)
        .containsExactly(
            "CREATE TABLE: create table shop.aside (id integer)",
            "CREATE TABLE AS: create table shop.by_as as select shop.side_effect()",
            "DROP TABLE: drop table shop.aside",
            "CREATE TABLE: create table shop.aside (id integer)",
            "SELECT INTO: select shop.side_effect() as one into shop.by_into",
            "DROP TABLE: drop table shop.aside",
            "CREATE MATERIALIZED VIEW: create materialized view shop.by_view as select 1 as one");
  }

  @Test
  void recordsASchemaWithItsElementsOnce() throws SQLException {
    String statement =
        "create schema depot create table box (id serial primary key)"
            + " create view boxes as select id from box";

    Captured captured = DdlTrail.ofOne(database, statement);

    assertThat(captured.summary()).isEqualTo("CREATE SCHEMA: " + statement);
    assertThat(captured.objects())
        .contains("depot", "depot.box", "depot.boxes", "depot.box_id_seq", "depot.box_pkey");
  }

  @Test
  void recordsTheBodyOfAnSqlStandardFunction() throws SQLException {
    String statement =
        """
        create function shop.pick(a integer) returns integer
        begin atomic
            select case when a > 1 then 2 else 3 end;
            select 4;
        end""";

    assertThat(DdlTrail.ofOne(database, statement).statement()).isEqualTo(statement);
  }

  @Test
  void recordsNoEffectWhereTheObjectIsThereAlready() throws SQLException {
    database.execute("create table shop.item (id integer)");

    Captured captured =
        DdlTrail.ofOne(database, "create table if not exists shop.item (id integer)");

    assertThat(captured.objects()).isEmpty();
    assertThat(captured.metadata()).contains("\"no_effect\": true");
  }

  @Test
  void recordsNothingForADropThatDropsNothing() throws SQLException {
    assertThat(DdlTrail.of(database, "drop table if exists shop.nothing")).isEmpty();
  }

  @Test
  void recordsNothingForAStatementThatFails() throws SQLException {
    assertThat(
            DdlTrail.of(
                database,
                """
                do $$
                begin
                    create table shop.item (id no_such_type);
                exception when undefined_object then null;
                end $$
                """))
        .isEmpty();
  }

  @Test
  void leavesOutTheSemicolonAndTheWhiteSpaceAround() throws SQLException {
    assertThat(
            DdlTrail.ofOne(database, "\n\t create table shop.item (id integer) \n; ").statement())
        .isEqualTo("create table shop.item (id integer)");
  }

  @Test
  void keepsCommentsInTheStatement() throws SQLException {
    String statement =
        "/* ticket /* nested */ 7; */ create table shop.item (id integer) -- why; so";

    assertThat(DdlTrail.ofOne(database, statement).statement()).isEqualTo(statement);
  }

  @Test
  void recordsAStatementThatWasPreparedAsAFunctionOfALongText() throws SQLException {
    String body = "-- ".concat("x".repeat(200_000)).concat("\nselect 1;");
    String statement =
        "create function shop.long() returns integer language sql as $f$" + body + "$f$";

    assertThat(DdlTrail.ofOne(database, statement).statement()).isEqualTo(statement);
  }
}
