package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.tracking.Attempt;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever a rollback would do to values is counted before, however deep they are. */
final class LostDataTest extends VersionedDatabase {

  private String before = "";

  @BeforeEach
  void createTheShop() throws SQLException {
    run("create schema shop");
  }

  @Test
  void valuesThatTheTypeBelowADomainOrInAnArrayWouldCutOrRound() throws SQLException {
    run(
        "create domain shop.code as varchar(3)",
        "create domain shop.short_code as shop.code",
        "create domain shop.price as numeric(5,2)",
        "create table shop.product (id int, code shop.short_code, prices shop.price[],"
            + " codes varchar(3)[], whole int[])");
    before = now();
    run(
        "alter table shop.product alter code type text, alter prices type numeric[],"
            + " alter codes type text[], alter whole type numeric[]",
        "insert into shop.product values (1, 'abc', '{1.50,2}', '{abc}', '{1,2}'),"
            + " (2, 'abcdef', '{1.239}', '{{abc},{abcd}}', '{1,2.5}'), (3, null, '{null}', null, '{}')");

    assertThat(lostRows())
        .containsExactly(
            "code DATA_LOSS 1", "codes DATA_LOSS 1", "prices DATA_LOSS 1", "whole DATA_LOSS 1");
    assertThat(attempt(rollBack(false)).sqlState()).isEqualTo("PT014");
    assertThat(value("select code from shop.product where id = 2")).isEqualTo("abcdef");

    run("delete from shop.product where id = 2", rollBack(false));

    assertThat(value("select p::text from shop.product as p where id = 1"))
        .isEqualTo("(1,abc,\"{1.50,2.00}\",{abc},\"{1,2}\")");
  }

  @Test
  void valuesThatADomainOfTheSameNameWouldCut() throws SQLException {
    run(
        "create domain shop.code as varchar(3)",
        "create type shop.label as (code shop.code, size numeric(4,1))",
        "create table shop.product (code shop.code, labels shop.label[])");
    before = now();
    run(
        "create domain shop.long_code as varchar(30)",
        "create type shop.long_label as (code shop.long_code, size numeric)",
        "alter table shop.product alter code type shop.long_code,"
            + " alter labels type shop.long_label[] using labels::text::shop.long_label[]",
        "drop type shop.label",
        "drop domain shop.code",
        "alter domain shop.long_code rename to code",
        "alter type shop.long_label rename to label",
        "insert into shop.product values ('abc', '{\"(abc,1.5)\"}'), ('abcd', '{\"(abc,1.5)\"}'),"
            + " ('abc', '{\"(abc,1.5)\",\"(abcd,1)\"}'), ('abc', '{\"(abc,1.25)\"}')");

    assertThat(lostRows()).containsExactly("code DATA_LOSS 1", "labels DATA_LOSS 2");
  }

  @Test
  void valuesOfATypeThatKeepsThemAreNotTakenForLost() throws SQLException {
    run(
        "create domain shop.code as varchar(3)",
        "create type shop.mood as enum ('glad', 'sad')",
        "create table shop.product (code shop.code, moods shop.mood[], size numeric(5,2))");
    before = now();
    run(
        "alter table shop.product alter code type varchar(2), alter moods type text[],"
            + " alter size type numeric(4,1)",
        "insert into shop.product values ('ab', '{glad}', 1.5)");

    assertThat(lostRows()).containsExactly("code REWRITE", "moods REWRITE", "size REWRITE");
  }

  @Test
  void valuesOfTheRowTypeOfATableThatLosesAColumn() throws SQLException {
    run(
        "create table shop.address (street text)",
        "create domain shop.home as shop.address",
        "create type shop.stay as (since date, place shop.address)",
        "create table shop.parcel (day date, place shop.address) partition by range (day)",
        "create table shop.parcels partition of shop.parcel default",
        "create table shop.customer (homes shop.home[], stays shop.stay[])");
    before = now();
    run(
        "alter table shop.address add column zip int",
        "insert into shop.parcel values (now(), row('High Street', 8)), (now(), row('Main Street', null))",
        "insert into shop.customer values (array[row('A', null)]::shop.home[], null),"
            + " (array[row('A', null), row('B', 1)]::shop.home[], null),"
            + " (null, array[row(null, row('C', 2))]::shop.stay[])");

    assertThat(column("select p.risk || ' ' || p.lost_rows" + steps("DROP COLUMN")))
        .containsExactly("DATA_LOSS 3");
    assertThat(attempt(rollBack(false)).message()).contains("3 rows", "DROP COLUMN zip");

    run(rollBack(true));

    assertThat(value("select homes from shop.customer limit 1")).isEqualTo("{(A)}");
  }

  @Test
  void columnsAreCountedUnderTheNamesThatTheyHaveNow() throws SQLException {
    run("create table shop.shop (zone timestamp(0), shop numeric(4,1), text varchar(3))");
    before = now();
    run(
        "alter table shop.shop rename column zone to shop_zone",
        "alter table shop.shop rename column text to zone",
        "alter table shop.shop rename column shop to text",
        "alter table shop.shop alter shop_zone type timestamptz, alter zone type text, alter text type numeric",
        "alter table shop.shop rename to time",
        "insert into shop.time (shop_zone, zone, text) values (now(), 'abcd', 1.25), ('2020-01-01', 'abc', 1.5)");

    assertThat(lostRows())
        .containsExactly("shop DATA_LOSS 1", "text DATA_LOSS 1", "zone DATA_LOSS 1");
  }

  @Test
  void whatCannotBeConvertedIsNotCountedAndRefused() throws SQLException {
    run("create table shop.note (body jsonb)");
    before = now();
    run(
        "alter table shop.note alter body type json",
        "insert into shop.note values ('{\"a\": \"\\u0000\"}')");

    assertThat(lostRows()).containsExactly("body DATA_LOSS");
    Attempt refused = attempt(rollBack(true));
    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("SQLSTATE 22P05", "Nothing was changed");
  }

  /** What each column's change of type does: its name in the target, the risk, rows counted. */
  private List<String> lostRows() throws SQLException {
    return column(
        "select concat_ws(' ', substring(p.ddl from 'ALTER COLUMN (\\w+) TYPE'), p.risk, p.lost_rows)"
            + steps("ALTER COLUMN \\w+ TYPE")
            + " order by 1");
  }

  private String steps(String ddl) {
    return " from pggit.preview_rollback('%s') as p where p.ddl ~ '%s'".formatted(before, ddl);
  }

  private String rollBack(boolean allowDataLoss) {
    return "select count(*) from pggit.rollback_to_timestamp('%s', %s)"
        .formatted(before, allowDataLoss);
  }
}
