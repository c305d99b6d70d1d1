package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.tracking.Attempt;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names that others have on the way back, and statements of others on the way. */
final class RollbackNamesTest extends VersionedDatabase {

  private String before = "";

  @BeforeEach
  void createTheShop() throws SQLException {
    run(
        "create schema shop",
        "create schema store",
        "create table shop.item (id int, legs int check (legs >= 0))",
        "create table shop.bird () inherits (shop.item)",
        "create table shop.sale (id int constraint sale_key primary key)",
        "create table shop.log (day date) partition by range (day)",
        "create index log_day on shop.log (day)",
        "create table shop.log_old partition of shop.log default");
    before = now();
  }

  @Test
  void ofIndexesThatATableTakesToItsOldSchema() throws SQLException {
    run(
        "alter table shop.item set schema store",
        "create unique index by_id on store.item (id)",
        "alter table store.item add constraint by_legs unique (legs)",
        "alter table shop.sale rename constraint sale_key to by_id",
        "create index by_legs on shop.log_old (day)");

    rollBack();

    assertThat(asItWas()).isEqualTo("t");
  }

  @Test
  void ofAnIndexThatAPartitionHadAndTakesAlong() throws SQLException {
    run(
        "alter table shop.log detach partition shop.log_old",
        "alter index shop.log_old_day_idx rename to other");

    rollBack();

    assertThat(asItWas()).isEqualTo("t");
    assertThat(value("select to_regclass('shop.log_old_day_idx')"))
        .isEqualTo("shop.log_old_day_idx");
  }

  @Test
  void ofIndexesOfAPartitionThatOthersHaveByNow() throws SQLException {
    run(
        "create index log_day_2 on shop.log (day)",
        "create index log_day_3 on shop.log (day)",
        "create index log_day_4 on shop.log (day)");
    before = now();
    run(
        "alter table shop.log_old set schema store",
        "alter index store.log_old_day_idx rename to other",
        "alter index store.log_old_day_idx1 rename to another",
        "create sequence store.log_old_day_idx",
        "create view shop.log_old_day_idx1 as select id from shop.item",
        "create index log_old_day_idx3 on shop.item (id)",
        "alter table shop.sale rename constraint sale_key to log_old_day_idx2");
    String after = now();

    rollBack();

    assertThat(asItWas()).isEqualTo("t");
    assertThat(column("select indexname from pg_indexes where tablename = 'log_old' order by 1"))
        .containsExactly(
            "log_old_day_idx", "log_old_day_idx1", "log_old_day_idx2", "log_old_day_idx3");

    before = after;
    rollBack();

    assertThat(asItWas()).isEqualTo("t");
    assertThat(column("select indexname from pg_indexes where tablename = 'log_old' order by 1"))
        .containsExactly("another", "log_old_day_idx2", "log_old_day_idx3", "other");
  }

  @Test
  void ofAConstraintThatAParentAndItsChildWereBothGiven() throws SQLException {
    run(
        "alter table shop.item add constraint k3 check (legs >= 0)",
        "alter table shop.bird add constraint k3 check (legs >= 0)");

    rollBack();

    assertThat(asItWas()).isEqualTo("t");
  }

  @Test
  void ofColumnsThatAParentTakesBackFromItsChildren() throws SQLException {
    run(
        "create table shop.fish (legs int, feet int, fins int)",
        "create view shop.fishes as select legs, feet from shop.fish",
        "insert into shop.fish values (1, 2, 3)");
    before = now();
    run(
        "alter table shop.item rename legs to feet",
        "create table shop.owl (legs text) inherits (shop.bird)",
        "alter table shop.fish add column id int, add check (feet >= 0)",
        "alter table shop.fish rename constraint fish_feet_check to item_legs_check",
        "alter table shop.fish inherit shop.item");

    rollBack();

    assertThat(asItWas()).isEqualTo("t");
    assertThat(value("select legs || ', ' || feet from shop.fishes")).isEqualTo("1, 2");
  }

  @Test
  void eventTriggersOfUsersFireAndMayForbidIt() throws SQLException {
    run(
        "create table shop.extra (id int)",
        "create function shop.forbid() returns event_trigger language plpgsql as"
            + " 'begin raise exception ''not today'' using errcode = ''P0999''; end'",
        "create event trigger forbid on ddl_command_start when tag in ('DROP TABLE')"
            + " execute function shop.forbid()",
        "select pggit.adopt_drift()");
    before = now();
    run("create table shop.later (id int)");
    String changed = now();

    Attempt refused = attempt(statement());

    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("not today", "SQLSTATE P0999", "DROP TABLE shop.later");
    assertThat(changesSince(changed)).isEmpty();
  }

  @Test
  void whatEventTriggersOfUsersMakeOnTheWayIsNotPromised() throws SQLException {
    run(
        "create function shop.meddle() returns event_trigger language plpgsql as"
            + " 'begin create table shop.made_on_the_way (); end'",
        "create event trigger meddle on ddl_command_end when tag in ('DROP TABLE', 'ALTER TABLE')"
            + " execute function shop.meddle()",
        "select pggit.adopt_drift()");
    before = now();
    run("create table shop.later (id int)");

    Attempt refused = attempt(statement());

    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("did not lead to", "TABLE shop.made_on_the_way: extra");
    assertThat(value("select to_regclass('shop.later')")).isEqualTo("shop.later");
  }

  @Test
  void changesOfAPreparedTransactionCountFromWhenItWasPrepared() throws SQLException {
    String name = "prepared " + database.name();
    run(
        "begin",
        "alter table shop.item add column price int",
        "prepare transaction '" + name + "'");
    String between = now();
    assertThat(column("select full_name from pggit.diff('" + before + "')")).isEmpty();

    run("commit prepared '" + name + "'");

    assertThat(column("select full_name from pggit.diff('" + between + "')")).isEmpty();
    assertThat(column("select full_name from pggit.diff('" + before + "')"))
        .containsExactly("shop.item");
  }

  private void rollBack() throws SQLException {
    run(statement());
  }

  private String statement() {
    return "select count(*) from pggit.rollback_to_timestamp('" + before + "')";
  }

  private String asItWas() throws SQLException {
    return value(
        """
        select not exists (select from pggit.diff('%s'))
            and not exists (select from pggit.verify_database_integrity())
        """
            .formatted(before));
  }
}
