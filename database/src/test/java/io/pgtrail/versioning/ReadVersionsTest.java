package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the functions that read versions answer, also to questions that make no sense. */
final class ReadVersionsTest extends VersionedDatabase {

  private String began;

  @BeforeEach
  void createTheShop() throws SQLException {
    began = now();
    run(
        "create schema shop",
        "create table shop.item (id serial primary key, name text)",
        "create view shop.items as select name from shop.item",
        "create function shop.sell(item int) returns int language plpgsql"
            + " as 'begin perform from shop.item; return 1; end'",
        "create function shop.sell(item text) returns int language sql as 'select 1'",
        "create table item (id int)",
        "create table \"Od'd\" (id int)",
        "alter table shop.item add column price numeric");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "shop.item | 1.1.0",
        "TABLE shop.item | 1.1.0",
        "public.item | 1.0.0",
        "items | 1.0.0",
        "shop.sell(integer) | 1.0.0",
        "FUNCTION shop.sell(text) | 1.0.0",
        "shop | 1.0.0",
        "public.\"Od'd\" | 1.0.0",
        "Od'd | 1.0.0",
        "pg_class | null",
        "pg_catalog.now | null",
        "integer | null",
      })
  void namesAreFoundAsTheyAreWritten(String name, String expected) throws SQLException {
    assertThat(version(name)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "item | PT001",
        "shop.sell | PT001",
        "sell | PT001",
        "nothing | PT012",
        "shop.nothing | PT012",
        "VIEW shop.item | PT012",
        "shop.sell(int) | PT012",
        "'' | PT012",
        "NULL | PT012",
        "a.b.c.d.e | PT012",
        "\"unbalanced | PT012",
        "% | PT012",
        "\\ | PT012",
        "'; drop table item; -- | PT012",
        "HUGE | PT012",
      })
  void whatIsNoNameOfOneObjectIsRefusedEverywhere(String name, String sqlState) {
    String argument =
        switch (name) {
          case "NULL" -> "null::text";
          case "HUGE" -> "repeat('x', 1000000)";
          case "''" -> "''";
          default -> "'" + name.replace("'", "''") + "'";
        };

    for (String call :
        List.of(
            "pggit.get_version(%s)",
            "pggit.blame(%s)",
            "pggit.get_dependencies(%s)",
            "pggit.impact(%s)",
            "pggit.rollback_object(%s, '1.0.0')",
            "pggit.log(%s)")) {
      if (!(call.startsWith("pggit.log") && name.equals("NULL"))) {
        Attempt attempt = attempt("select * from " + call.formatted(argument));
        assertThat(attempt.sqlState()).as(call + attempt.message()).isEqualTo(sqlState);
        assertThat(attempt.message()).contains("Hint: ");
      }
    }
    assertThat(attempt("select from item").sqlState()).isEqualTo(Attempt.DONE);
  }

  @Test
  void theVersionOfADroppedObjectIsItsLast() throws SQLException {
    run("drop view shop.items");

    assertThat(version("shop.items")).isEqualTo("1.0.0");
  }

  @Test
  void theLogTellsChangesNewestFirst() throws SQLException {
    assertThat(
            column(
                "select concat_ws(' ', change_type, full_name, version_before, version_after,"
                    + " change_severity, changed_by) from pggit.log('shop.item')"))
        .containsExactly(
            "ALTER shop.item 1.0.0 1.1.0 MINOR postgres", "CREATE shop.item 1.0.0 MINOR postgres");
    assertThat(column("select full_name from pggit.log(null, '" + began + "') limit 2"))
        .containsExactly("shop.item", "public.\"Od'd\"");
    assertThat(column("select full_name from pggit.log(until => '" + began + "')")).isEmpty();
    assertThat(column("select full_name from pggit.log(author => 'nobody')")).isEmpty();
    assertThat(column("select full_name from pggit.log(null, 'infinity', '-infinity')")).isEmpty();
    assertThat(
            column(
                "select change_type from pggit.log(object => 'shop.item', since => '"
                    + began
                    + "', until => now(), author => 'postgres')"))
        .containsExactly("ALTER", "CREATE");
  }

  @Test
  void aCommitIsShownByTheBeginningOfItsIdentity() throws SQLException {
    String commit = value("select commit_id from pggit.log('shop.item') limit 1");

    for (String name :
        List.of(
            commit,
            commit.substring(0, 8),
            commit.substring(0, 8).toUpperCase(java.util.Locale.ROOT))) {
      assertThat(
              column(
                  "select concat_ws(' ', change_type, full_name, changes::text) from pggit.show('"
                      + name
                      + "')"))
          .containsExactly("ALTER shop.item {\"added columns.price\"}");
    }
    assertThat(value("select ddl_before || ' → ' || ddl_after from pggit.show('" + commit + "')"))
        .contains("    name text,\n    CONSTRAINT")
        .contains("    price numeric,\n");
  }

  @Test
  void whatIsNoCommitIsNotShown() {
    for (String argument :
        List.of(
            "''",
            "null",
            "'abc'",
            "'%%%%'",
            "'____'",
            "'\\\\'",
            "'zzzz'",
            "repeat('a', 1000000)")) {
      assertThat(attempt("select * from pggit.show(" + argument + ")").sqlState())
          .as(argument)
          .isEqualTo("PT012");
    }
  }

  @Test
  void blameNamesTheLastChangeOfEachColumnAndConstraint() throws SQLException {
    Login ann = member("ann");
    run(
        "alter table shop.item owner to " + ann.user(),
        "grant usage, create on schema shop to " + ann.user());
    try (Connection session = database.connectAs(ann)) {
      Sql.execute(session, "alter table shop.item alter column name set default 'new'");
    }

    assertThat(blame("shop.item"))
        .containsExactly(
            "COLUMN id CREATE postgres",
            "COLUMN name ALTER " + ann.user(),
            "COLUMN price CREATE postgres",
            "CONSTRAINT item_pkey CREATE postgres");
    assertThat(column("select * from pggit.blame('shop.sell(text)')")).isEmpty();
  }

  @Test
  void blameTellsWhoRenamedAndWhatParentsDid() throws SQLException {
    Login ann = member("ann");
    run(
        "create table shop.old_item (note text) inherits (shop.item)",
        "alter table shop.item rename column name to title",
        "alter table shop.item rename constraint item_pkey to item_key",
        "alter table shop.item owner to " + ann.user(),
        "alter table shop.old_item owner to " + ann.user(),
        "alter sequence shop.item_id_seq owner to " + ann.user(),
        "grant usage, create on schema shop to " + ann.user());
    try (Connection session = database.connectAs(ann)) {
      Sql.execute(
          session,
          "alter table shop.item add column weight int, add constraint heavy check (weight > 0)",
          "alter table shop.item alter price type numeric(9,2)");
    }

    assertThat(blame("shop.item"))
        .containsExactly(
            "COLUMN id CREATE postgres",
            "COLUMN title RENAME postgres",
            "COLUMN price ALTER " + ann.user(),
            "COLUMN weight CREATE " + ann.user(),
            "CONSTRAINT heavy CREATE " + ann.user(),
            "CONSTRAINT item_key RENAME postgres");
    assertThat(blame("shop.old_item"))
        .containsExactly(
            "COLUMN id CREATE postgres",
            "COLUMN title RENAME postgres",
            "COLUMN price ALTER " + ann.user(),
            "COLUMN note CREATE postgres",
            "COLUMN weight CREATE " + ann.user(),
            "CONSTRAINT heavy CREATE " + ann.user());
    assertThat(
            column(
                "select distinct s.sql_command from pggit.blame('shop.old_item') as b"
                    + " join script_tracking.script_execution_s as s using (script_execution_hk)"
                    + " where b.name in ('title', 'price') order by 1"))
        .containsExactly(
            "alter table shop.item alter price type numeric(9,2)",
            "alter table shop.item rename column name to title");
  }

  @Test
  void blameNamesTheMomentOfTheCommitAndTheLastOperationInIt() throws SQLException {
    String before = now();
    run(
        "begin",
        "alter table shop.item add column weight int",
        "alter table shop.item add column height int",
        "commit");
    String after = now();

    assertThat(
            column(
                "select s.sql_command || ' ' || (b.changed_at = c.committed_at)"
                    + " || ' ' || (s.execution_timestamp >= '"
                    + before
                    + "' and s.execution_timestamp <= b.changed_at and b.changed_at <= '"
                    + after
                    + "') from pggit.blame('shop.item') as b"
                    + " join pggit.commit as c using (commit_id)"
                    + " join script_tracking.script_execution_s as s using (script_execution_hk)"
                    + " where b.name in ('weight', 'height') order by b.name desc"))
        .containsExactly(
            "alter table shop.item add column height int true true",
            "alter table shop.item add column height int true true");
  }

  private List<String> blame(String table) throws SQLException {
    return column(
        "select concat_ws(' ', part, name, change_type, changed_by) from pggit.blame('"
            + table
            + "')");
  }

  @Test
  void aDifferenceIsToldInBothDirections() throws SQLException {
    String before = now();
    run(
        "drop view shop.items",
        "alter table shop.item rename to article",
        "create table shop.sale (id int)");
    String after = now();
    String difference =
        "select concat_ws(' ', change_type, object_type, full_name, version_before, version_after)"
            + " from pggit.diff('%s', '%s')";

    assertThat(column(difference.formatted(before, after)))
        .containsExactly(
            "ALTER SEQUENCE shop.item_id_seq 1.0.0 1.0.1",
            "RENAME TABLE shop.article 1.1.0 2.0.0",
            "CREATE TABLE shop.sale 1.0.0",
            "DROP VIEW shop.items 1.0.0");
    assertThat(column(difference.formatted(after, before)))
        .containsExactly(
            "ALTER SEQUENCE shop.item_id_seq 1.0.1 1.0.0",
            "RENAME TABLE shop.item 2.0.0 1.1.0",
            "DROP TABLE shop.sale 1.0.0",
            "CREATE VIEW shop.items 1.0.0");
    assertThat(column(difference.formatted(before, before))).isEmpty();
  }

  @Test
  void whatHasTheNameOfAnotherByNowIsComparedWithThat() throws SQLException {
    run("create table shop.sale (id int)", "create view shop.one as select 1 as one");
    String before = now();
    run(
        "drop table shop.sale",
        "create table shop.new_sale (id bigint)",
        "alter table shop.new_sale rename to sale",
        "drop view shop.one",
        "create view shop.another as select 1 as one",
        "alter view shop.another rename to one");

    assertThat(
            column(
                "select concat_ws(' ', change_type, full_name, changes::text) from pggit.diff('%s')"
                    .formatted(before)))
        .containsExactly("ALTER shop.sale {\"changed columns.id.type: integer → bigint\"}");

    run("select count(*) from pggit.rollback_to_timestamp('" + before + "', true)");

    assertThat(column("select full_name from pggit.diff('" + before + "')")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "null | PT001",
        "'infinity' | PT001",
        "'-infinity' | PT013",
        "'2000-01-01' | PT013",
        "now() + interval '1 day' | PT001"
      })
  void aMomentThatIsNotKnownIsRefused(String moment, String sqlState) {
    for (String call :
        List.of(
            "pggit.diff(%s)",
            "pggit.diff(now(), %s)",
            "pggit.generate_migration(now(), %s)",
            "pggit.preview_rollback(%s)",
            "pggit.rollback_to_timestamp(%s)")) {
      assertThat(attempt("select * from " + call.formatted(moment)).sqlState())
          .as(call)
          .isEqualTo(sqlState);
    }
  }

  @Test
  void dependenciesAreCertainOrPossible() throws SQLException {
    assertThat(
            column(
                "select concat_ws(' ', certainty, full_name) from pggit.get_dependencies('shop.items')"))
        .containsExactly("CERTAIN shop", "CERTAIN shop.item");
    assertThat(
            column(
                "select concat_ws(' ', certainty, full_name)"
                    + " from pggit.get_dependencies('shop.sell(integer)')"))
        .containsExactly("CERTAIN shop", "POSSIBLE public.item", "POSSIBLE shop.item");
    assertThat(
            column(
                "select concat_ws(' ', depth, certainty, full_name, path::text)"
                    + " from pggit.impact('shop.item') order by full_name"))
        .containsExactly(
            "1 CERTAIN shop.item_id_seq {shop.item,shop.item_id_seq}",
            "1 CERTAIN shop.items {shop.item,shop.items}",
            "1 POSSIBLE shop.sell(integer) {shop.item,shop.sell(integer)}");
  }

  @Test
  void anImpactIsReachedTheShortestWay() throws SQLException {
    run(
        "create table a (id int primary key)",
        "create table b (id int primary key references a)",
        "create table c (id int primary key references b, also int references a)",
        "create table d (id int primary key references c)",
        "create function far() returns int language plpgsql as 'begin return count(*) from D; end'",
        "create function near() returns int language plpgsql as 'begin return count(*) from a; end'",
        "create view nears as select near()",
        "create function last() returns int language plpgsql as"
            + " 'begin perform from nears; return far(); end'");

    assertThat(
            column(
                "select concat_ws(' ', depth, certainty, dependency_kind, array_to_string(path, ' > '))"
                    + " from pggit.impact('public.a') order by certainty, depth, path"))
        .containsExactly(
            "1 CERTAIN FOREIGN KEY public.a > public.b",
            "1 CERTAIN FOREIGN KEY public.a > public.c",
            "2 CERTAIN FOREIGN KEY public.a > public.c > public.d",
            "1 POSSIBLE BODY public.a > public.near()",
            "2 POSSIBLE NORMAL public.a > public.near() > public.nears",
            "3 POSSIBLE BODY public.a > public.c > public.d > public.far()",
            "3 POSSIBLE BODY public.a > public.near() > public.nears > public.last()");
  }

  @Test
  void aNameOfSeveralWordsIsFoundInABody() throws SQLException {
    run(
        "create table \"price list (old)\" (id int)",
        "create table \"price list\" (id int)",
        "create function prices() returns int language plpgsql as"
            + " 'begin perform from \"Price list\"; return 1; end'",
        "create function tag() returns int language plpgsql as 'begin return 1; end /* list */'");

    assertThat(column("select full_name from pggit.get_dependencies('public.prices()')"))
        .containsExactlyInAnyOrder("public", "public.\"price list\"");
    assertThat(column("select full_name from pggit.impact('price list')"))
        .containsExactly("public.prices()");
    assertThat(column("select full_name from pggit.impact('price list (old)')")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "schemas => array['nothing']",
        "schemas => array[null]::text[]",
        "schemas => array['']",
        "schemas => array['shop', 'Shop']",
        "track_system_objects => true",
      })
  void onlyWhatThereIsCanBeConfigured(String arguments) {
    assertThat(attempt("select pggit.configure_tracking(" + arguments + ")").sqlState())
        .isEqualTo("PT001");
  }

  @Test
  void temporaryObjectsAreInTheTrailOnlyWhenTheyAreNotExcluded() throws SQLException {
    run("select pggit.configure_tracking(exclude_temp_tables => false)");
    assertThat(changesOf("create temp table passing (id int)")).isEmpty();
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s"
                    + " where sql_command like '%passing%'"))
        .isEqualTo("1");

    run("select pggit.configure_tracking()", "create temp table passing2 (id int)");

    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s"
                    + " where sql_command like '%passing%'"))
        .isEqualTo("1");
  }

  @Test
  void slowFunctionsAreAlertsByTheirAverage() throws Exception {
    run(
        "create function pggit.slow(seconds float8) returns void language plpgsql as 'begin perform pg_sleep(seconds); end'",
        "create function pggit.slower(seconds float8) returns void language plpgsql as 'begin perform pg_sleep(seconds); end'",
        "create function pggit.slowest(seconds float8) returns void language plpgsql as 'begin perform pg_sleep(seconds); end'",
        "create function pggit.quick(seconds float8) returns void language plpgsql as 'begin perform pg_sleep(seconds); end'",
        "set track_functions = 'all'");
    run(
        "select pggit.slow(0.24), pggit.slow(0)",
        "select pggit.slower(0.55)",
        "select pggit.slowest(1.01)",
        "select pggit.quick(0), pggit.quick(0)");
    Await.until(
        "the calls are counted",
        () ->
            "6"
                .equals(
                    value(
                        "select sum(calls) from pg_stat_user_functions where funcname ~ '^slow|quick'")));

    List<String> alerts =
        column(
            "select concat_ws(' ', severity, message) from pggit.check_performance_alerts()"
                + " where alert_type = 'PERFORMANCE' order by message");

    assertThat(alerts)
        .containsExactlyElementsOf(
            column(
                """
                select case funcname when 'slow' then 'INFO' when 'slower' then 'WARNING' else 'CRITICAL' end
                    || ' Function ' || funcname || ' averaging ' || round((total_time / calls)::numeric, 1) || ' ms'
                from pg_stat_user_functions
                where funcname in ('slow', 'slower', 'slowest')
                order by funcname
                """));
    assertThat(alerts).hasSize(3);
  }

  @Test
  void onlyReadersRead() throws Exception {
    try (Connection visitor = database.connectAs(member("visitor"));
        Connection reader = database.connectAs(member("reader", "pgtrail_reader"))) {
      for (String call :
          List.of(
              "pggit.get_version('shop.item')",
              "pggit.log()",
              "pggit.show('abcd')",
              "pggit.blame('shop.item')",
              "pggit.get_dependencies('shop.item')",
              "pggit.impact('shop.item')",
              "pggit.diff(now())",
              "pggit.generate_migration(now(), now())",
              "pggit.export_schema()",
              "pggit.preview_rollback(now())",
              "pggit.verify_database_integrity()",
              "pggit.objects",
              "pggit.history",
              "pggit.commit",
              "pggit.dependencies")) {
        assertThat(Attempt.at(visitor, "select * from " + call).sqlState())
            .as(call)
            .isEqualTo(Attempt.NO_RIGHT);
        assertThat(Attempt.at(reader, "select * from " + call).sqlState())
            .as(call)
            .isIn(Attempt.DONE, "PT012", "PT001");
      }
    }
  }
}
