package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is not a table: it comes back when it was dropped, and goes when it was created. */
final class RollbackKindsTest extends VersionedDatabase {

  private static final String STORAGE =
      """
      select concat_ws(' ', c.relname, coalesce(a.amname, '-'), s.spcname)
      from pg_class as c
      left join pg_am as a on a.oid = c.relam
      left join pg_tablespace as s on s.oid = c.reltablespace
      where c.relnamespace = 'shop'::regnamespace and c.relkind in ('r', 'p', 'm', 'i')
      order by c.relname
      """;

  @BeforeEach
  void createTheShop() throws SQLException {
    run(
        "create schema shop",
        "create function shop.on_ddl() returns event_trigger language plpgsql as 'begin end'");
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        kind("EXTENSION", "create extension citext schema shop"),
        kind("FOREIGN DATA WRAPPER", "create foreign data wrapper shelf options (debug 'true')"),
        kind(
            "SERVER",
            "create foreign data wrapper shelf",
            "create server library type 'cluster' foreign data wrapper shelf options (host 'h')"),
        kind(
            "FOREIGN TABLE",
            "create foreign data wrapper shelf",
            "create server library foreign data wrapper shelf",
            "create foreign table shop.book (id int not null, title text options (name 't'))"
                + " server library options (file 'books')"),
        kind(
            "EVENT TRIGGER",
            "create event trigger watch on ddl_command_end when tag in ('CREATE VIEW')"
                + " execute function shop.on_ddl()"),
        kind(
            "TEXT SEARCH CONFIGURATION",
            "create text search parser shop.words (start = prsd_start, gettoken = prsd_nexttoken,"
                + " end = prsd_end, lextypes = prsd_lextype)",
            "create text search template shop.plain (init = dsimple_init, lexize = dsimple_lexize)",
            "create text search dictionary shop.stopped (template = shop.plain, stopwords = english)",
            "create text search configuration shop.search (parser = shop.words)",
            "alter text search configuration shop.search add mapping for word with shop.stopped"),
        kind("COLLATION", "create collation shop.german (provider = libc, locale = 'C')"));
  }

  private static Arguments kind(String kind, String... statements) {
    return Arguments.of(kind, List.of(statements));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void comesBackAsItWasAndGoesAsItCame(String kind, List<String> statements) throws SQLException {
    String without = now();
    create(statements);
    String with = now();

    rollBack(without);

    assertThat(asItWas(without)).isTrue();
    assertThat(column(objectsOf(kind))).isEmpty();

    rollBack(with);

    assertThat(asItWas(with)).isTrue();
    assertThat(column(objectsOf(kind))).hasSize(1);
    assertThat(column("select message from pgtrail.capture_failure")).isEmpty();
    assertThat(
            column(
                "select distinct s.script_type from pggit.history as h"
                    + " left join script_tracking.script_execution_s as s using (script_execution_hk)"
                    + " where h.change_timestamp > '"
                    + with
                    + "' and h.object_type = 'EVENT TRIGGER'"))
        .isSubsetOf("ROLLBACK");
  }

  @Test
  void rowsInTheTablesOfAnExtensionAreCountedBeforeItGoes() throws SQLException {
    String without = now();
    run(
        "create extension citext",
        "create table shop.word (id int)",
        "alter extension citext add table shop.word",
        "insert into shop.word values (1), (2)");

    assertThat(
            column(
                "select p.risk || ' ' || p.lost_rows from pggit.preview_rollback('%s') as p where p.object_type = 'EXTENSION'"
                    .formatted(without)))
        .containsExactly("DATA_LOSS 2");
    Attempt refused =
        attempt("select count(*) from pggit.rollback_to_timestamp('" + without + "')");
    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("2 rows", "DROP EXTENSION citext");
  }

  @Test
  void aStepSaysWhetherItLocksOrRewritesATable() throws SQLException {
    run(
        "create table shop.item (id int primary key, price int check (price > 0), name text)",
        "create index item_name on shop.item (name)",
        "create materialized view shop.items as select name from shop.item",
        "insert into shop.item values (1, 1, 'a')");
    String before = now();
    run(
        "drop materialized view shop.items",
        "drop index shop.item_name",
        "alter table shop.item drop constraint item_price_check, alter price type smallint",
        "alter table shop.item set unlogged");

    assertThat(
            column(
                "select p.risk || ': ' || p.ddl from pggit.preview_rollback('%s') as p where p.risk <> 'SAFE'"
                    .formatted(before)))
        .containsExactlyInAnyOrder(
            "REWRITE: ALTER TABLE shop.item ALTER COLUMN price TYPE integer USING price::integer",
            "REWRITE: ALTER TABLE shop.item SET LOGGED",
            "LOCK: ALTER TABLE shop.item ADD CONSTRAINT item_price_check CHECK ((price > 0))",
            "LOCK: CREATE INDEX item_name ON shop.item USING btree (name)",
            "LOCK: REFRESH MATERIALIZED VIEW shop.items");
  }

  @Test
  void aVirtualColumnIsComputedAsItWasAlsoWithChecksAndPublications() throws SQLException {
    assumeThat(database.majorVersion()).isGreaterThanOrEqualTo(18);
    run(
        "create table shop.item (id int, name text, code text generated always as (name || '-') virtual)",
        "create table shop.pen (check (name <> '')) inherits (shop.item)",
        "create table shop.page (like shop.item including all)",
        "create publication pages for table shop.page",
        "create view shop.codes as select code from shop.item",
        "insert into shop.pen values (1, 'Pen')");
    String before = now();
    run(
        "alter table shop.pen drop constraint pen_name_check",
        "alter table shop.item alter code set expression as ('other')",
        "alter table shop.pen add constraint pen_name_check check (name <> '')",
        "drop publication pages",
        "alter table shop.page alter code set expression as ('other')",
        "create publication pages for table shop.page");
    String after = now();

    rollBack(before);

    assertThat(asItWas(before)).isTrue();
    assertThat(value("select code from shop.codes")).isEqualTo("Pen-");

    rollBack(after);

    assertThat(asItWas(after)).isTrue();
    assertThat(value("select code from shop.codes")).isEqualTo("other");
  }

  @Test
  void aRangeThatWasMadeAnewComesBackWithItsMultirangeAndConstructors() throws SQLException {
    run(
        "create type shop.span as range (subtype = float8)",
        "create table shop.item (id int, open shop.span default shop.span(8, 18), days shop.span_multirange)",
        "insert into shop.item (id, days) values (1, shop.span_multirange(shop.span(1, 2)))",
        "create table shop.only_many (days shop.span_multirange)",
        "create table shop.only_built (a float8 default lower(shop.span(1, 2)))");
    String before = now();
    assertThat(column("select full_name from pggit.impact('shop.span')"))
        .containsExactlyInAnyOrder("shop.item", "shop.only_many", "shop.only_built");
    run(
        "create type shop.other as range (subtype = float8, subtype_diff = float8mi)",
        "alter table shop.item drop open,"
            + " alter days type shop.other_multirange using days::text::shop.other_multirange",
        "drop table shop.only_many, shop.only_built",
        "drop type shop.span",
        "alter type shop.other rename to span",
        "alter type shop.other_multirange rename to span_multirange");
    String after = now();

    rollBack(before);

    assertThat(asItWas(before)).isTrue();
    assertThat(value("select open || ' ' || days from shop.item")).isEqualTo("[8,18) {[1,2)}");

    run("select count(*) from pggit.rollback_to_timestamp('" + after + "', true)");

    assertThat(asItWas(after)).isTrue();
    assertThat(value("select days from shop.item")).isEqualTo("{[1,2)}");
    assertThat(column("select proname from pg_proc where proname like 'pgtrail\\_%'")).isEmpty();
  }

  @Test
  void anExportOfAPastMomentMakesThatStateInAnEmptyDatabase() throws Exception {
    run(
        "create type shop.mood as enum ('glad', 'sad')",
        "create table shop.item (id serial primary key, mood shop.mood, part_of int references shop.item)",
        "create view shop.glad as select id from shop.item where mood = 'glad'");
    String then = now();
    String states =
        "select s.object_type || ' ' || s.full_name || ' ' || pgtrail.canonical(s.definition) from pgtrail.%s as s order by 1";
    List<String> wasThen = column(states.formatted("state_at('" + then + "')"));
    run(
        "drop view shop.glad",
        "alter type shop.mood add value 'angry' before 'sad'",
        "alter table shop.item rename to thing",
        "alter table shop.thing drop column part_of");

    try (Connection copy = SimpleProtocol.of(database.twin()).connect()) {
      Sql.execute(copy, value("select pggit.export_schema('" + then + "')"));

      assertThat(column(copy, states.formatted("live_state()"))).isEqualTo(wasThen);
    }
  }

  @Test
  void whereAndHowATableIsStoredComesBack() throws Exception {
    String space = "space_" + database.name();
    String directory = value("show data_directory") + "/" + space;
    run(
        "copy (select) to program 'mkdir " + directory + "'",
        "create tablespace " + space + " location '" + directory + "'",
        "create access method other type table handler heap_tableam_handler",
        "create table shop.item (id int primary key using index tablespace %1$s, name text) using other tablespace %1$s"
            .formatted(space),
        "create index item_name on shop.item (name) tablespace " + space,
        "create materialized view shop.items using other tablespace %s as select id from shop.item"
            .formatted(space),
        "create table shop.part_of (id int) partition by range (id) tablespace " + space,
        "create table shop.part partition of shop.part_of for values from (1) to (9)",
        "insert into shop.item values (1, 'Pen')",
        "insert into shop.part_of values (1)");
    String there = now();
    List<String> storage = column(STORAGE);
    run(
        "alter table shop.item set tablespace pg_default",
        "alter index shop.item_pkey set tablespace pg_default",
        "alter index shop.item_name set tablespace pg_default",
        "alter materialized view shop.items set tablespace pg_default",
        "alter table shop.part_of set tablespace pg_default",
        "alter table shop.part set tablespace pg_default");
    if (database.majorVersion() >= 15) {
      run(
          "alter table shop.item set access method heap",
          "alter materialized view shop.items set access method heap");
    }
    String elsewhere = now();
    List<String> storageElsewhere = column(STORAGE);

    rollBack(there);

    assertThat(asItWas(there)).isTrue();
    assertThat(column(STORAGE)).isEqualTo(storage).isNotEqualTo(storageElsewhere);
    assertThat(storage)
        .containsExactly(
            "item other " + space,
            "item_name btree " + space,
            "item_pkey btree " + space,
            "items other " + space,
            "part heap " + space,
            "part_of - " + space);

    rollBack(elsewhere);

    assertThat(asItWas(elsewhere)).isTrue();
    assertThat(column(STORAGE)).isEqualTo(storageElsewhere);
    assertThat(value("select name from shop.item")).isEqualTo("Pen");
    assertThat(value("select id from shop.part_of")).isEqualTo("1");

    try (Connection copy = SimpleProtocol.of(database.twin()).connect()) {
      Sql.execute(
          copy,
          "create access method other type table handler heap_tableam_handler",
          value("select pggit.export_schema('" + there + "')"));

      assertThat(column(copy, STORAGE)).isEqualTo(storage);
      Sql.execute(copy, "drop schema shop cascade");
    }
    run("drop schema shop cascade", "drop tablespace " + space);
  }

  private void create(List<String> statements) throws SQLException {
    run(statements.toArray(String[]::new));
    // PostgreSQL fires no event for event triggers.
    run("select pggit.adopt_drift()");
  }

  private void rollBack(String moment) throws SQLException {
    run("select count(*) from pggit.rollback_to_timestamp('" + moment + "')");
  }

  private boolean asItWas(String moment) throws SQLException {
    return column("select full_name from pggit.diff('" + moment + "')").isEmpty()
        && drift().isEmpty();
  }

  private static String objectsOf(String kind) {
    return "select full_name from pggit.objects where is_active and object_type = '" + kind + "'";
  }
}
