package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A transaction makes one version of each object it changed, whatever it did on the way. */
final class VersionCaptureTest extends VersionedDatabase {

  @BeforeEach
  void createTheShop() throws SQLException {
    run("create schema shop", "create table shop.item (id integer primary key)");
  }

  @AfterEach
  void everythingIsRecordedAsItIs() throws SQLException {
    assertRecordedAsItIs();
  }

  @Test
  void beginsWithTheFirstVersion() throws SQLException {
    assertThat(changesOf("create table shop.sale (id serial primary key, item int)"))
        .containsExactly("CREATE SEQUENCE shop.sale_id_seq 1.0.0", "CREATE TABLE shop.sale 1.0.0");
  }

  @Test
  void makesOneVersionOfManyStatements() throws SQLException {
    assertThat(
            changesOf(
                "begin",
                "alter table shop.item add column name text",
                "alter table shop.item add column price numeric",
                "alter table shop.item alter column price set default 1",
                "comment on table shop.item is 'What is sold'",
                "create index on shop.item (name)",
                "commit"))
        .containsExactly("ALTER TABLE shop.item 1.1.0", "CREATE INDEX shop.item_name_idx 1.0.0");
  }

  @Test
  void makesOneVersionOfAScript() throws SQLException {
    assertThat(
            changesOf(
                """
                alter table shop.item add column a int;
                alter table shop.item add column b int;
                """,
                """
                do $$
                begin
                    alter table shop.item add column c int;
                    execute 'alter table shop.item add column d int';
                end
                $$
                """))
        .containsExactly("ALTER TABLE shop.item 1.1.0", "ALTER TABLE shop.item 1.2.0");
  }

  @Test
  void seesWhatFunctionsAndProceduresDo() throws SQLException {
    run(
        """
        create function shop.make(name text) returns void language plpgsql as $$
        begin
            execute format('create table shop.%I (id int)', name);
        end $$
        """,
        """
        create procedure shop.make_two() language plpgsql as $$
        begin
            perform shop.make('first');
            commit;
            perform shop.make('second');
        end $$
        """);

    assertThat(changesOf("select shop.make('one')", "call shop.make_two()"))
        .containsExactly(
            "CREATE TABLE shop.one 1.0.0",
            "CREATE TABLE shop.first 1.0.0",
            "CREATE TABLE shop.second 1.0.0");
    assertThat(value("select count(distinct commit_id) from pggit.log('shop.first')"))
        .isEqualTo("1");
  }

  @Test
  void forgetsWhatWasRolledBack() throws SQLException {
    assertThat(
            changesOf(
                "begin",
                "alter table shop.item add column kept int",
                "savepoint here",
                "alter table shop.item add column undone int",
                "create table shop.undone (id int)",
                "rollback to here",
                "create table shop.kept (id int)",
                "commit",
                "begin",
                "create table shop.never (id int)",
                "rollback"))
        .containsExactlyInAnyOrder("ALTER TABLE shop.item 1.1.0", "CREATE TABLE shop.kept 1.0.0");
    assertThat(
            value(
                "select definition -> 'columns' ? 'undone' from pggit.objects"
                    + " where full_name = 'shop.item'"))
        .isEqualTo("f");
  }

  @Test
  void makesNoVersionOfWhatDoesNotOutliveItsTransaction() throws SQLException {
    assertThat(
            changesOf(
                "begin",
                "create table shop.passing (id serial primary key)",
                "create view shop.passing_view as select * from shop.passing",
                "drop table shop.passing cascade",
                "commit",
                "begin",
                "alter table shop.item add column passing int",
                "alter table shop.item drop column passing",
                "commit"))
        .isEmpty();
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s"
                    + " where sql_command like '%passing%'"))
        .isEqualTo("5");
    assertThat(value("select count(*) from pggit.objects where full_name ~ 'passing'"))
        .isEqualTo("0");
  }

  @Test
  void recordsATableThatLeavesAPartitionedOneAndMovesInOneTransaction() throws SQLException {
    run(
        "create schema other",
        "create table shop.whole (id int primary key) partition by range (id)",
        "create table shop.part partition of shop.whole for values from (0) to (10)",
        "create table shop.reference (whole_id int references shop.whole)");

    assertThat(
            changesOf(
                "begin",
                "alter table shop.whole detach partition shop.part",
                "alter table shop.reference drop constraint reference_whole_id_fkey",
                "alter table shop.reference set schema other",
                "commit"))
        .isNotEmpty();
    assertThat(value("select count(*) from pggit.verify_database_integrity()")).isEqualTo("0");
  }

  @Test
  void makesNoVersionOfWhatChangesNothing() throws SQLException {
    assertThat(
            changesOf(
                "create table if not exists shop.item (id int)",
                "alter table shop.item alter column id set not null",
                "comment on table shop.item is null",
                "grant select on shop.item to current_user",
                "revoke select on shop.item from public",
                "alter table shop.item owner to current_user",
                "reindex table shop.item",
                "reindex index concurrently shop.item_pkey",
                "alter table if exists shop.nothing add column a int",
                "drop table if exists shop.nothing",
                "analyze shop.item",
                "vacuum full shop.item",
                "truncate shop.item"))
        .isEmpty();
  }

  @Test
  void describesOnceWhenConstraintsAreSetImmediateOnTheWay() throws SQLException {
    String before = now();
    run(
        "begin",
        "alter table shop.item add column a int",
        "set constraints all immediate",
        "alter table shop.item add column b int",
        "create table shop.sale (id int)",
        "set constraints all deferred",
        "alter table shop.item add column c int",
        "commit");

    assertThat(changesSince(before))
        .containsExactlyInAnyOrder("ALTER TABLE shop.item 1.1.0", "CREATE TABLE shop.sale 1.0.0");
    assertThat(
            column(
                "select unnest(s.changes) from pggit.log('shop.item', '"
                    + before
                    + "') as l, pggit.show(l.commit_id::text) as s where s.full_name = 'shop.item'"))
        .containsExactly("added columns.a", "added columns.b", "added columns.c");
  }

  @Test
  void leavesNothingOfWhatItDescribedTooEarly() throws SQLException {
    assertThat(
            changesOf(
                "begin",
                "create table shop.passing (id int)",
                "alter table shop.item add column passing int",
                "set constraints all immediate",
                "drop table shop.passing",
                "alter table shop.item drop column passing",
                "commit",
                "begin",
                "drop table shop.item",
                "set constraints all immediate",
                "create table shop.item (id integer primary key)",
                "commit"))
        .isEmpty();
    assertThat(version("shop.item")).isEqualTo("1.0.0");
  }

  @Test
  void givesAllChangesOfATransactionOneMoment() throws SQLException {
    run(
        "begin",
        "alter table shop.item add column a int",
        "set constraints all immediate",
        "select pg_sleep(0)",
        "create table shop.later (id int)",
        "create view shop.items as select * from shop.item",
        "commit");

    assertThat(
            value(
                """
                select count(distinct h.change_timestamp) || ' ' || count(*)
                from pggit.log('shop.later') as l
                join pggit.history as h on h.commit_id = l.commit_id
                """))
        .isEqualTo("1 3");
  }

  @Test
  void seesIndexesThatAreMadeConcurrently() throws SQLException {
    assertThat(
            changesOf(
                "create index concurrently item_index on shop.item (id)",
                "reindex index concurrently shop.item_index",
                "reindex table concurrently shop.item",
                "drop index concurrently shop.item_index"))
        .containsExactly("CREATE INDEX shop.item_index 1.0.0", "DROP INDEX shop.item_index");
  }

  @Test
  void knowsAnIndexUnderItsNewIdentity() throws SQLException {
    run(
        "alter table shop.item add column code varchar(10)",
        "create index item_code on shop.item (code)");

    assertThat(
            changesOf(
                "alter table shop.item alter column code type text using code || ''",
                "alter index shop.item_code rename to item_by_code"))
        .containsExactly("ALTER TABLE shop.item 1.2.0", "RENAME INDEX shop.item_by_code 2.0.0");
  }

  @Test
  void describesATransactionThatIsPrepared() throws SQLException {
    String before = now();
    String name = database.name();
    run("begin", "alter table shop.item add column a int", "prepare transaction '" + name + "'");

    assertThat(changesSince(before)).isEmpty();
    assertThat(version("shop.item")).isEqualTo("1.0.0");

    run("commit prepared '" + name + "'");

    assertThat(changesSince(before)).containsExactly("ALTER TABLE shop.item 1.1.0");

    run("begin", "drop table shop.item", "prepare transaction '" + name + "'");
    run("rollback prepared '" + name + "'");

    assertThat(version("shop.item")).isEqualTo("1.1.0");
  }

  @Test
  void goesOnWhereADroppedObjectLeftOff() throws SQLException {
    assertThat(
            changesOf(
                "alter table shop.item add column a int",
                "drop table shop.item",
                "create table shop.item (id bigint)"))
        .containsExactly(
            "ALTER TABLE shop.item 1.1.0", "DROP TABLE shop.item", "CREATE TABLE shop.item 2.0.0");
    assertThat(
            value(
                "select count(distinct object_id) from pggit.history where full_name = 'shop.item'"))
        .isEqualTo("1");
  }

  @Test
  void takesDropAndCreateInOneTransactionForOneChange() throws SQLException {
    assertThat(
            changesOf(
                "begin",
                "drop table shop.item",
                "create table shop.item (id integer primary key, name text)",
                "commit"))
        .containsExactly("ALTER TABLE shop.item 1.1.0");
  }

  @Test
  void tellsSwappedTablesApart() throws SQLException {
    run("create table shop.other (other text)");

    assertThat(
            changesOf(
                "begin",
                "alter table shop.item rename to swap",
                "alter table shop.other rename to item",
                "alter table shop.swap rename to other",
                "commit"))
        .containsExactly("RENAME TABLE shop.item 2.0.0", "RENAME TABLE shop.other 2.0.0");
    assertThat(
            value(
                "select definition -> 'columns' ? 'other' from pggit.objects"
                    + " where full_name = 'shop.item'"))
        .isEqualTo("t");
  }

  @Test
  void doesNotVersionTemporaryObjects() throws SQLException {
    assertThat(
            changesOf(
                "create temp table item (id serial primary key)",
                "create index on item (id)",
                "create temp view items as select * from shop.item",
                "create function pg_temp.one() returns int language sql as 'select 1'",
                "create type pg_temp.mood as enum ('glad')",
                "create temp table derived (like shop.item including all)",
                "alter table item add column a int",
                "create temp table deleted on commit drop as select 1 as one",
                "drop table item cascade"))
        .isEmpty();
    try (Connection other = database.connect()) {
      Sql.execute(other, "create temp table left_over (id serial primary key)");
    }
    assertThat(value("select pggit.get_version('items')")).isEqualTo("null");
  }

  @Test
  void versionsNeitherItsOwnObjectsNorThoseOfExtensions() throws SQLException {
    assertThat(
            changesOf(
                "create extension citext schema shop",
                "alter function pgtrail.is_ours(oid) cost 100",
                "drop extension citext"))
        .containsExactly("CREATE EXTENSION citext 1.0.0", "DROP EXTENSION citext");
  }

  @Test
  void namesTheOperationAndTheAuthorOfEachChange() throws SQLException {
    Login ann = member("ann");
    run("grant usage, create on schema shop to " + ann.user());
    try (Connection session = database.connectAs(ann)) {
      Sql.execute(
          session,
          "set script_tracking.app_user = 'anna@example.com'",
          "begin",
          "create table shop.first (id int)",
          "create table shop.second (id int)",
          "alter table shop.first add column a int",
          "create table shop.third (id int)",
          "drop table shop.third",
          "commit");
    }

    assertThat(
            column(
                """
                select h.full_name || ' by ' || h.changed_by || ' (' || c.application_user || '): ' || s.sql_command
                from pggit.history as h
                join pggit.commit as c using (commit_id)
                join script_tracking.script_execution_s as s using (script_execution_hk)
                where h.full_name in ('shop.first', 'shop.second')
                    and c.recorded_xid = s.recorded_xid
                    and c.kind = 'DDL'
                order by 1
                """))
        .containsExactly(
            "shop.first by "
                + ann.user()
                + " (anna@example.com): alter table shop.first add column a int",
            "shop.second by "
                + ann.user()
                + " (anna@example.com): create table shop.second (id int)");
  }

  @Test
  void namesTheDropThatTookAnObjectAlong() throws SQLException {
    run("create view shop.items as select id from shop.item");
    run("drop table shop.item cascade");

    assertThat(
            column(
                """
                select h.full_name || ': ' || s.sql_command
                from pggit.history as h
                join script_tracking.script_execution_s as s using (script_execution_hk)
                where h.change_type = 'DROP'
                order by 1
                """))
        .containsExactly(
            "shop.item: drop table shop.item cascade", "shop.items: drop table shop.item cascade");
  }

  @Test
  void versionsChosenSchemasOnly() throws SQLException {
    run("create schema other", "create table other.before (id int)");
    run("select pggit.configure_tracking(schemas => array['shop'])");

    assertThat(
            changesOf(
                "create table other.unseen (id int)",
                "create table shop.seen (id int)",
                "alter table other.before add column a int",
                "drop table other.unseen",
                "create schema third",
                "create trigger unseen before update on other.before for each row"
                    + " execute function suppress_redundant_updates_trigger()",
                "create publication everything for all tables"))
        .containsExactly("CREATE TABLE shop.seen 1.0.0", "CREATE PUBLICATION everything 1.0.0");
    assertThat(drift()).isEmpty();
    assertThat(
            changesOf(
                "alter table other.before set schema shop",
                "alter table shop.seen set schema other"))
        .containsExactly(
            "RENAME TABLE shop.before 2.0.0",
            "CREATE TRIGGER unseen on shop.before 1.0.0",
            "DROP TABLE shop.seen");
  }

  @Test
  void listsAnObjectByItsNamesWithoutQuotes() throws SQLException {
    run(
        "create schema \"My Shop\"",
        "create table \"My Shop\".\"It\"\"em.s\" (\"Id\" int primary key)",
        "create index \"By Id\" on \"My Shop\".\"It\"\"em.s\" (\"Id\")",
        "create view \"My Shop\".\"select\" as select 1 as one",
        "create type \"My Shop\".\"Mood\" as enum ('glad')",
        "create function \"My Shop\".\"Sell\"(\"My Shop\".\"Mood\", int[]) returns int language sql as 'select 1'",
        "create function \"My Shop\".tell() returns trigger language plpgsql as 'begin return new; end'",
        "create trigger \"Tell Me\" before insert on \"My Shop\".\"It\"\"em.s\" for each row"
            + " execute function \"My Shop\".tell()",
        "create policy \"All\" on \"My Shop\".\"It\"\"em.s\"",
        "create publication \"Every Thing\" for table \"My Shop\".\"It\"\"em.s\"");

    assertThat(
            column(
                "select concat_ws(' | ', object_type, coalesce(schema_name, '-'), object_name, full_name)"
                    + " from pggit.objects where full_name ~ 'My Shop|Every' order by 1"))
        .containsExactly(
            "FUNCTION | My Shop | Sell | \"My Shop\".\"Sell\"(\"My Shop\".\"Mood\",integer[])",
            "FUNCTION | My Shop | tell | \"My Shop\".tell()",
            "INDEX | My Shop | By Id | \"My Shop\".\"By Id\"",
            "POLICY | My Shop | All | \"All\" on \"My Shop\".\"It\"\"em.s\"",
            "PUBLICATION | - | Every Thing | \"Every Thing\"",
            "SCHEMA | My Shop | My Shop | \"My Shop\"",
            "TABLE | My Shop | It\"em.s | \"My Shop\".\"It\"\"em.s\"",
            "TRIGGER | My Shop | Tell Me | \"Tell Me\" on \"My Shop\".\"It\"\"em.s\"",
            "TYPE | My Shop | Mood | \"My Shop\".\"Mood\"",
            "VIEW | My Shop | select | \"My Shop\".\"select\"");
  }

  @Test
  void hashesWhatAnObjectIsAndNothingElse() throws SQLException {
    String first = hash();

    run("comment on table shop.item is 'What is sold'");
    String commented = hash();
    run("alter table shop.item add column name text");
    String named = hash();
    // Of two columns that came and went the numbers stay in the catalogs, and in no hash.
    run(
        "alter table shop.item drop column name, add column passing text",
        "alter table shop.item drop column passing, add column name text");
    String namedAgain = hash();
    run("alter table shop.item drop column name", "comment on table shop.item is null");
    String firstAgain = hash();
    run("drop table shop.item");
    String dropped = hash();
    run("create table shop.item (id integer primary key)");

    assertThat(List.of(first, commented, named)).doesNotHaveDuplicates();
    assertThat(namedAgain).isEqualTo(named);
    assertThat(List.of(firstAgain, dropped, hash())).containsOnly(first);
    assertThat(
            column(
                "select full_name from pggit.objects where content_hash <>"
                    + " sha256(convert_to((definition - 'numbers' - 'inherited')::text, 'UTF8'))"))
        .isEmpty();
  }

  @Test
  void countsTheVersionInItsThreeParts() throws SQLException {
    assertThat(item()).isEqualTo("1.0.0 1 0 0 true");

    run("comment on table shop.item is 'What is sold'");
    assertThat(item()).isEqualTo("1.0.1 1 0 1 true");
    run("alter table shop.item add column name text");
    assertThat(item()).isEqualTo("1.1.0 1 1 0 true");
    run("alter table shop.item drop column name");
    assertThat(item()).isEqualTo("2.0.0 2 0 0 true");

    run("drop table shop.item");
    assertThat(item()).isEqualTo("2.0.0 2 0 0 false");
    run("create table shop.item (id integer)");
    assertThat(item()).isEqualTo("3.0.0 3 0 0 true");
  }

  private String hash() throws SQLException {
    return value("select content_hash from pggit.objects where full_name = 'shop.item'");
  }

  private String item() throws SQLException {
    return value(
        "select concat_ws(' ', version, version_major, version_minor, version_patch, is_active::text)"
            + " from pggit.objects where full_name = 'shop.item'");
  }
}
