package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.tracking.Attempt;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The way back of one object: what depends on it goes with it or is made anew. */
final class RollbackObjectTest extends VersionedDatabase {

  @BeforeEach
  void createTheShop() throws SQLException {
    run(
        "create schema shop",
        "create table shop.customer (id serial primary key, name text, boss int references shop.customer)",
        "create index by_name on shop.customer (name)",
        "create table shop.purchase (customer int references shop.customer)",
        "create view shop.mailing as select c.id, customer.name from shop.customer as c"
            + " join shop.customer using (id)",
        "create function shop.hello(shop.customer) returns text language sql"
            + " begin atomic select ($1).name; end",
        "create policy own on shop.customer using (name = current_user)",
        "create statistics shop.sizes on id, name from shop.customer",
        "create publication clients for table shop.customer",
        "insert into shop.customer (name) values ('Ada')");
  }

  @Test
  void ofARenameLeavesWhatDependsOnItAsPostgresWordsIt() throws SQLException {
    run(
        "alter table shop.customer rename to person",
        "create view shop.people as select name from shop.person",
        "alter table shop.purchase add column sum numeric");

    assertThat(steps("shop.person", "1.0.0"))
        .containsExactly("ALTER TABLE shop.person RENAME TO customer");
    rollBack("shop.person", "1.0.0");

    assertThat(value("select name from shop.people")).isEqualTo("Ada");
    assertThat(value("select pggit.get_version('shop.purchase')")).isEqualTo("1.1.1");
    assertThat(steps("shop.customer", "1.0.0")).isEmpty();
    assertRecordedAsItIs();
  }

  @Test
  void ofARenamedColumnMakesWhatUsesItAnewWhereItsTypeChanges() throws SQLException {
    run(
        "drop function shop.hello",
        "drop policy own on shop.customer",
        "drop statistics shop.sizes",
        "drop view shop.mailing",
        "alter table shop.customer rename column name to full_name",
        "alter table shop.customer alter full_name type varchar(50), alter boss type int",
        "alter table shop.customer rename to person",
        "create view shop.people as select p.full_name, lower(p.full_name) as sorted from shop.person as p");

    assertThat(steps("shop.person", "1.0.0"))
        .contains(
            "ALTER TABLE shop.person RENAME TO customer",
            "ALTER TABLE shop.customer RENAME COLUMN full_name TO name",
            "DROP VIEW shop.people",
            "ALTER TABLE shop.customer ALTER COLUMN name TYPE text");
    rollBack("shop.person", "1.0.0");

    assertThat(value("select full_name from shop.people")).isEqualTo("Ada");
    assertThat(value("select name from shop.customer")).isEqualTo("Ada");
    assertRecordedAsItIs();
  }

  @Test
  void ofAMoveToAnotherSchemaTakesIndexesAndSequencesAlong() throws SQLException {
    run("create schema people", "alter table shop.customer set schema people");

    rollBack("people.customer", "1.0.0");

    assertThat(value("select to_regclass('shop.by_name')")).isEqualTo("shop.by_name");
    run("insert into shop.customer (name) values ('Max')");
    assertThat(value("select count(*) from shop.mailing")).isEqualTo("2");
    assertRecordedAsItIs();
  }

  @Test
  void ofASchemaTakesAlongWhatIsInIt() throws SQLException {
    run("alter schema shop rename to store");

    rollBack("store", "1.0.0");

    assertThat(value("select name from shop.mailing")).isEqualTo("Ada");
    assertRecordedAsItIs();
  }

  @Test
  void hasThePresentNamesOfWhatItDependsOn() throws SQLException {
    run(
        "create view shop.list as select id, name from shop.customer where id > 0",
        "create or replace view shop.list as select id, name from shop.customer where false",
        "alter table shop.purchase drop constraint purchase_customer_fkey",
        "alter table shop.customer rename to person",
        "alter table shop.person rename column id to key");

    rollBack("shop.list", "1.0.0");
    rollBack("shop.purchase", "1.0.0");

    assertThat(value("select id || ' ' || name from shop.list")).isEqualTo("1 Ada");
    assertThat(
            value(
                "select pg_get_constraintdef(oid) from pg_constraint where conname = 'purchase_customer_fkey'"))
        .isEqualTo("FOREIGN KEY (customer) REFERENCES shop.person(key)");
    assertRecordedAsItIs();
  }

  @Test
  void ofATableTakesTheSequencesOfItsColumnsAndTheColumnsOfItsChildren() throws SQLException {
    run(
        "create table shop.regular (note text) inherits (shop.customer)",
        "alter table shop.customer add column number serial, add column rank int",
        "alter table shop.regular alter rank set default 1");

    run("select count(*) from pggit.rollback_object('shop.customer', '1.0.0', true)");

    assertThat(value("select to_regclass('shop.customer_number_seq')")).isEqualTo("null");
    assertThat(column("select name from pggit.blame('shop.regular') where part = 'COLUMN'"))
        .containsExactly("id", "name", "boss", "note");
    assertRecordedAsItIs();
  }

  @Test
  void ofAPartitionAttachesOrDetachesItWithItsIndexes() throws SQLException {
    run(
        "create table shop.log (day date) partition by range (day)",
        "create index log_day on shop.log (day)",
        "create table shop.log_old (day date)",
        "alter table shop.log attach partition shop.log_old default",
        "insert into shop.log values ('2020-02-03')",
        "alter table shop.log detach partition shop.log_old");
    String detached = version("shop.log_old");

    rollBack("shop.log_old", "2.0.0");

    assertThat(value("select count(*) from shop.log")).isEqualTo("1");
    assertRecordedAsItIs();

    rollBack("shop.log_old", detached);

    assertThat(value("select count(*) from shop.log_old")).isEqualTo("1");
    assertThat(value("select count(*) from shop.log")).isEqualTo("0");
    assertRecordedAsItIs();
  }

  @Test
  void isRefusedWhereWhatDependsOnItNeedsWhatWouldGo() throws SQLException {
    run(
        "alter table shop.customer add column email text",
        "create view shop.mails as select email from shop.customer");
    String changed = now();

    Attempt refused =
        attempt("select count(*) from pggit.rollback_object('shop.customer', '1.0.0')");

    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message())
        .contains("email", "CREATE VIEW shop.mails", "Nothing was changed");
    assertThat(changesSince(changed)).isEmpty();
  }

  private List<String> steps(String object, String version) throws SQLException {
    return column(
        "select ddl from pggit.preview_rollback_object('%s', '%s')".formatted(object, version));
  }

  private void rollBack(String object, String version) throws SQLException {
    run("select count(*) from pggit.rollback_object('%s', '%s')".formatted(object, version));
  }
}
