package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a statement affects: hidden indexes, partitions, cascades, rewrites, odd names, renames. */
class AffectedObjectsTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  private static TestDatabase database;
  private static Connection session;

  /** One database and one session for all; the shop is new each time. */
  @BeforeAll
  static void share(TestDatabase shared) throws SQLException {
    database = shared;
    session = shared.connect();
  }

  @AfterAll
  static void leave() throws SQLException {
    session.close();
  }

  @BeforeEach
  void createTheShop() throws SQLException {
    Sql.execute(
        session,
        "drop schema if exists shop, store cascade",
        "drop table if exists public.item",
        "create schema shop",
        "create table shop.item (id integer, name text, price integer)");
  }

  @Test
  void namesIndexesThatAConstraintMakes() throws SQLException {
    List<Captured> captured =
        DdlTrail.of(
            session,
            "alter table shop.item add primary key (id), add unique (name)",
            "do $$ begin alter table shop.item add constraint cheap unique (price); end $$",
            "alter table shop.item add column code text unique",
            "alter table shop.item add constraint apart exclude using btree (code with =)");

    assertThat(captured)
        .extracting(Captured::objects)
        .containsExactly(
            List.of("shop.item", "shop.item_pkey", "shop.item_name_key"),
            List.of("shop.item", "shop.cheap"),
            List.of("shop.item", "shop.item_code_key"),
            List.of("shop.item", "shop.apart"));
  }

  @Test
  void doesNotCallAnIndexNewThatOnlyMovesWithItsColumn() throws SQLException {
    Sql.execute(session, "create index on shop.item (price)");

    Captured captured =
        DdlTrail.ofOne(
            session, "do $$ begin alter table shop.item alter price type bigint; end $$");

    assertThat(captured.objects()).containsExactly("shop.item");
  }

  @Test
  void namesPartitionsAndTheirIndexes() throws SQLException {
    Sql.execute(
        session,
        "create table shop.sale (id integer primary key) partition by range (id)",
        "create table shop.old (id integer not null)");

    List<Captured> captured =
        DdlTrail.of(
            session,
            "create table shop.sale_1 partition of shop.sale for values from (1) to (10)",
            "alter table shop.sale attach partition shop.old for values from (10) to (20)",
            "alter table shop.sale detach partition shop.old",
            "drop table shop.sale");

    assertThat(captured)
        .extracting(Captured::objects)
        .satisfies(
            objects -> {
              assertThat(objects.get(0)).containsExactly("shop.sale_1", "shop.sale_1_pkey");
              assertThat(objects.get(1)).containsExactly("shop.sale", "shop.old_pkey");
              assertThat(objects.get(2)).containsExactly("shop.sale");
              assertThat(objects.get(3))
                  .contains("shop.sale", "shop.sale_1", "shop.sale_pkey", "shop.sale_1_pkey");
            });
  }

  @Test
  void namesEveryObjectOfALargeCascade() throws SQLException {
    database.execute(
        // Quick to make, as the event triggers do not fire.
        "set session_replication_role = replica",
        """
        do $$
        begin
            for i in 1..1000 loop
                execute format('create view shop.view_%s as select name from shop.item', i);
            end loop;
        end $$
        """);

    Captured captured = DdlTrail.ofOne(session, "drop table shop.item cascade");

    assertThat(captured.objects()).hasSize(1001).contains("shop.item", "shop.view_1000");
    assertThat(captured.metadata()).contains("\"cascade\": true");
  }

  @Test
  void namesWhatGoesWithASchema() throws SQLException {
    Sql.execute(
        session,
        "create function shop.one() returns integer language sql as 'select 1'",
        "create type shop.state as enum ('new')");

    assertThat(DdlTrail.ofOne(session, "drop schema shop cascade").objects())
        .containsExactlyInAnyOrder("shop", "shop.item", "shop.one()", "shop.state");
  }

  @Test
  void namesTheColumnThatAnAlterTableDrops() throws SQLException {
    Sql.execute(session, "create index item_name on shop.item (name)");

    Captured captured = DdlTrail.ofOne(session, "alter table shop.item drop column name");

    assertThat(captured.objects())
        .containsExactlyInAnyOrder("shop.item", "shop.item.name", "shop.item_name");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          alter table shop.item alter price type bigint           | column type
          alter table shop.item add made timestamptz default clock_timestamp() | default value
          alter table shop.item set unlogged                      | persistence
          """)
  void tellsThatATableIsRewrittenAndWhy(String statement, String reason) throws SQLException {
    assertThat(DdlTrail.ofOne(session, statement).rewritten())
        .isEqualTo("[{\"table\": \"shop.item\", \"reasons\": [\"" + reason + "\"]}]");
  }

  @Test
  void doesNotTellOfARewriteWhereThereIsNone() throws SQLException {
    assertThat(DdlTrail.ofOne(session, "alter table shop.item add made date").rewritten()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          alter table shop.item rename to thing                   | shop.item | shop.thing
          alter table shop.item rename column name to title       | name      | shop.item.title
          alter table shop.item rename name to title              | name      | shop.item.title
          alter table shop.item rename "column" to "to"           | "column"  | shop.item."to"
          alter table shop.item rename "a to b" to "c rename to d" | "a to b" | shop.item."c rename to d"
          alter table only shop.item rename constraint cheap to dear | cheap  | dear on shop.item
          alter schema shop rename to store                       | shop      | store
          alter function shop.one(integer) rename to two          | shop.one  | shop.two(integer)
          alter type shop.state rename value 'new' to 'fresh'     | 'new'     | shop.state
          alter type shop.state rename to stage                   | shop.state | shop.stage
          alter table shop.item set schema public                 | shop.item | public.item
          alter table if exists shop.item set schema public       | shop.item | public.item
          alter policy mine on shop.item rename to own            | mine      | own on shop.item
          alter trigger same on shop.item rename to equal         | same      | equal on shop.item
          alter domain shop.price rename constraint positive to above | positive | above on shop.price
          """)
  void tellsTheNameBeforeARename(String statement, String former, String affected)
      throws SQLException {
    Sql.execute(
        session,
        "alter table shop.item add \"column\" integer, add \"a to b\" integer",
        "alter table shop.item add constraint cheap check (price < 100)",
        "create function shop.one(integer) returns integer language sql as 'select 1'",
        "create type shop.state as enum ('new')",
        "create policy mine on shop.item",
        "create domain shop.price as integer constraint positive check (value > 0)",
        "create trigger same before update on shop.item for each row"
            + " execute function suppress_redundant_updates_trigger()");

    Captured captured = DdlTrail.ofOne(session, statement);

    assertThat(captured.formerName()).isEqualTo(former);
    assertThat(captured.objects()).containsExactly(affected);
  }

  @Test
  void hasNoFormerNameWhereAStatementOnlyMentionsTheWords() throws SQLException {
    Captured captured =
        DdlTrail.ofOne(
            session, "alter table shop.item add renamed text default 'rename to', add schema text");

    assertThat(captured.formerName()).isNull();
  }

  @Test
  void keepsEveryNameAsItIs() throws SQLException {
    for (String name :
        List.of(
            "Quoted Name",
            "with\"quote",
            "new\nline",
            "smile \uD83D\uDE42",
            "semi;colon",
            "dot.ted",
            "x".repeat(63),
            "\u00fc".repeat(31),
            "$dollar$",
            "--",
            "/*",
            "'")) {
      String quoted = "\"" + name.replace("\"", "\"\"") + "\"";
      String statement = "create table shop." + quoted + " (id integer)";

      Captured captured = DdlTrail.ofOne(session, statement);

      assertThat(captured.statement()).isEqualTo(statement);
      String identity = Objects.requireNonNull(captured.objects().get(0));
      Sql.execute(session, "select '" + identity.replace("'", "''") + "'::regclass");
      Captured dropped =
          DdlTrail.ofOne(session, "do $do$ begin drop table shop." + quoted + "; end $do$");
      assertThat(dropped.statement()).isEqualTo("drop table shop." + quoted);
      assertThat(dropped.objects()).containsExactly(identity);
    }
  }
}
