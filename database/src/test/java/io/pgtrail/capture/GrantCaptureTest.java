package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GRANT and REVOKE: PostgreSQL names no object, the trail does. */
class GrantCaptureTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  private static TestDatabase database;
  private static Connection session;

  /** One shop for all: what is granted changes nothing for the others. */
  @BeforeAll
  static void createTheShop(TestDatabase shared) throws SQLException {
    database = shared;
    session = shared.connect();
    Sql.execute(
        session,
        "create schema shop",
        "create schema depot",
        "create table shop.item (id integer, \"to\" text)",
        "create table depot.item (id integer)",
        "create table shop.\"sold to us\" (id integer)",
        "create sequence shop.numbers",
        "create view shop.items as select id from shop.item",
        "create function shop.total(integer, text default '') returns integer"
            + " language sql as 'select 1'",
        "create procedure shop.work() language sql as 'select 1'",
        "create type shop.state as enum ('new')",
        "create domain shop.price as integer",
        "create foreign data wrapper store",
        "create server far foreign data wrapper store",
        "select lo_create(4711)");
  }

  @AfterAll
  static void leave() throws SQLException {
    session.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          grant select on shop.item to public                          | shop.item
          grant select on table shop.item to public                    | shop.item
          grant select (id), update ("to") on shop.item to public      | shop.item
          grant select on shop.item, depot.item to public              | depot.item; shop.item
          grant all privileges on shop."sold to us" to public          | shop."sold to us"
          grant select on shop.items to postgres with grant option     | shop.items
          grant select on all tables in schema shop to public          | shop."sold to us"; shop.item; shop.items
          grant select on all tables in schema shop, depot to public   | depot.item; shop."sold to us"; shop.item; shop.items
          grant usage on sequence shop.numbers to public               | shop.numbers
          grant usage on all sequences in schema shop to public        | shop.numbers
          revoke execute on function shop.total(integer, text) from public | shop.total(integer,pg_catalog.text)
          revoke execute on function shop.total from public            | shop.total(integer,pg_catalog.text)
          revoke all on procedure shop.work() from public              | shop.work()
          revoke all on routine shop.work from public                  | shop.work()
          revoke execute on all functions in schema shop from public   | shop.total(integer,pg_catalog.text)
          revoke execute on all routines in schema shop from public    | shop.total(integer,pg_catalog.text); shop.work()
          grant usage on schema shop to public                         | shop
          grant create on schema shop, depot to public                 | shop; depot
          revoke usage on type shop.state from public                  | shop.state
          revoke usage on domain shop.price from public                | shop.price
          revoke usage on language sql from public                     | sql
          grant usage on foreign server far to postgres                | far
          grant usage on foreign data wrapper store to postgres        | store
          grant select on large object 4711 to public                  | 4711
          grant /* on x to y */ select on /* z */ shop.item to public | shop.item
          """)
  void namesWhatIsGranted(String statement, String affected) throws SQLException {
    if (affected == null) {
      return;
    }

    Captured captured = DdlTrail.ofOne(session, statement);

    assertThat(captured.objects()).containsExactlyInAnyOrderElementsOf(objects(affected));
  }

  @Test
  void findsAnUnqualifiedNameOnTheSearchPathOfTheUser() throws SQLException {
    List<Captured> captured =
        DdlTrail.of(database, "set search_path = depot", "grant select on item to public");

    assertThat(captured).extracting(Captured::objects).containsExactly(List.of("depot.item"));
  }

  @Test
  void namesTheGrantsOfAFunction() throws SQLException {
    Captured captured =
        DdlTrail.ofOne(session, "do $$ begin grant select on shop.item to public; end $$");

    assertThat(captured.summary()).isEqualTo("GRANT: grant select on shop.item to public");
    assertThat(captured.objects()).containsExactly("shop.item");
  }

  @Test
  void recordsNoGrantOfARoleOrADatabase() throws SQLException {
    String clerk = database.role("clerk").user();
    String keeper = database.role("keeper").user();

    // PostgreSQL fires no event for what belongs to all databases.
    assertThat(
            DdlTrail.of(
                session,
                "grant " + keeper + " to " + clerk,
                "revoke temporary on database " + database.name() + " from public"))
        .isEmpty();
  }

  private List<String> objects(String affected) {
    return Arrays.stream(affected.split(";")).map(String::strip).toList();
  }
}
