package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way back to an earlier schema. */
final class RollbackTest extends VersionedDatabase {

  private String before = "";

  @BeforeEach
  void createTheShop() throws SQLException {
    run(
        "create schema shop",
        "create table shop.customer (id int primary key, name text not null, email text)",
        "create table shop.purchase (id int primary key, customer int references shop.customer)",
        "create index purchase_customer on shop.purchase (customer)",
        "create view shop.mailing as select name, email from shop.customer where email is not null",
        "insert into shop.customer values (1, 'Ada', 'ada@example.com'), (2, 'Max', null)",
        "insert into shop.purchase values (1, 1)");
    before = now();
  }

  @Test
  void bringsBackWhatWasDroppedAndKeepsTheRows() throws SQLException {
    run(
        "drop view shop.mailing",
        "drop index shop.purchase_customer",
        "alter table shop.customer rename to person",
        "alter table shop.person rename column name to full_name",
        "alter table shop.person add column phone text",
        "alter table shop.purchase drop constraint purchase_customer_fkey",
        "insert into shop.person values (3, 'Eve', 'eve@example.com')");

    run(rollBack(false));

    assertThat(asItWas()).isEqualTo("t");
    assertThat(column("select name from shop.customer order by id"))
        .containsExactly("Ada", "Max", "Eve");
    assertThat(column("select email from shop.mailing order by 1"))
        .containsExactly("ada@example.com", "eve@example.com");
    assertThat(value("select count(*) from shop.purchase")).isEqualTo("1");
  }

  @Test
  void isAnOperationAndMakesNewVersions() throws SQLException {
    run("alter table shop.customer add column phone text");
    String changed = now();

    run(rollBack(false));

    assertThat(changesSince(changed)).containsExactly("ALTER TABLE shop.customer 2.0.0");
    assertThat(
            value(
                "select script_name || ' ' || execution_status from script_tracking.script_execution_s"
                    + " where script_type = 'ROLLBACK'"))
        .startsWith("Rollback to ")
        .endsWith(" COMPLETED");
  }

  @Test
  void refusesToDestroyDataUnlessAskedTo() throws SQLException {
    run(
        "alter table shop.customer add column phone text",
        "update shop.customer set phone = '555' where id = 1");

    Attempt refused = attempt(rollBack(false));

    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message())
        .contains("step 1", "1 row", "allow_data_loss => true", "DROP COLUMN phone");
    assertThat(value("select phone from shop.customer where id = 1")).isEqualTo("555");

    run(rollBack(true));

    assertThat(asItWas()).isEqualTo("t");
  }

  @Test
  void rowsThatAPolicyHidesFromTheirOwnerAreNotTakenForNone() throws Exception {
    Login owner = member("landlord", "pgtrail_reader");
    run("grant all on schema shop to " + owner.user());
    try (Connection session = database.connectAs(owner)) {
      Sql.execute(
          session,
          "create table shop.flat (id int)",
          "insert into shop.flat values (1)",
          "create policy nobody on shop.flat using (false)",
          "alter table shop.flat enable row level security, force row level security");

      Attempt refused = Attempt.at(session, rollBack(false));

      assertThat(refused.sqlState()).isEqualTo("PT014");
      assertThat(refused.message()).contains("row-level security");
      assertThat(
              value(
                  session,
                  "select coalesce(p.lost_rows::text, 'unknown') from pggit.preview_rollback('"
                      + before
                      + "') as p where p.action = 'DROP' and p.object_type = 'TABLE'"))
          .isEqualTo("unknown");
    }
    assertThat(value("select count(*) from shop.flat")).isEqualTo("1");
  }

  @Test
  void valuesOfATypedTableThatWouldBeRoundedAreCounted() throws SQLException {
    run("create type shop.price as (amount int)", "create table shop.tag of shop.price");
    String whole = now();
    run(
        "alter type shop.price alter attribute amount type numeric cascade",
        "insert into shop.tag values (1.5)");
    String back = "select count(*) from pggit.rollback_to_timestamp('%s', %s)";

    assertThat(attempt(back.formatted(whole, "false")).message()).contains("1 row");
    assertThat(value("select amount from shop.tag")).isEqualTo("1.5");
    assertThat(attempt(back.formatted(whole, "true")).sqlState()).isEqualTo(Attempt.DONE);
  }

  @Test
  void waitsForLocksFiveSecondsUnlessTheSessionSaysOtherwise() throws SQLException {
    run(
        "create table shop.seen (lock_timeout text)",
        "create function shop.see() returns event_trigger language plpgsql as"
            + " 'begin insert into shop.seen values (current_setting(''lock_timeout'')); end'",
        "create event trigger see on ddl_command_start when tag in ('ALTER TABLE') execute function shop.see()",
        "select pggit.adopt_drift()");
    before = now();
    String seen = "select distinct lock_timeout from shop.seen";

    run("alter table shop.customer add column phone text", "truncate shop.seen", rollBack(false));
    assertThat(column(seen)).containsExactly("5s");
    assertThat(value("show lock_timeout")).isEqualTo("0");

    run("alter table shop.customer add column phone text", "truncate shop.seen");
    run("set lock_timeout = '7s'", rollBack(false));
    assertThat(column(seen)).containsExactly("7s");
    assertThat(value("show lock_timeout")).isEqualTo("7s");
  }

  @Test
  void waitingForLocksIsAsItWasAfterwards() throws SQLException {
    run("alter table shop.customer add column phone text", "begin", rollBack(false));

    assertThat(value("show lock_timeout")).isEqualTo("0");
    run("commit");
  }

  @Test
  void isRefusedWhereItCouldNotBeRecorded() throws SQLException {
    run(
        "alter table shop.customer add column phone text",
        "set session_replication_role = replica");

    Attempt refused = attempt(rollBack(false));

    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("could not be recorded", "session_replication_role");
    run("reset session_replication_role");
    assertThat(
            value(
                "select count(*) from pg_attribute where attrelid = 'shop.customer'::regclass"
                    + " and attname = 'phone'"))
        .isEqualTo("1");
  }

  @Test
  void aMigrationMakesFunctionsBeforeWhatTheirBodiesName() throws SQLException {
    String empty = now();
    run(
        "create table shop.stock (id int)",
        "create function shop.in_stock() returns bigint language sql as 'select count(*) from shop.stock'");
    String migration =
        value("select pggit.generate_migration('%s', clock_timestamp())".formatted(empty));
    run("drop function shop.in_stock()", "drop table shop.stock");

    run(migration);

    assertThat(value("select shop.in_stock()")).isEqualTo("0");
  }

  @Test
  void showsEveryStepBeforeAndChangesNothing() throws SQLException {
    run(
        "alter table shop.customer add column phone text",
        "update shop.customer set phone = '555' where id = 1",
        "drop view shop.mailing");
    String changed = now();

    assertThat(
            column(
                "select concat_ws(' ', p.action, p.object_type, p.full_name, p.risk, p.lost_rows)"
                    + " from pggit.preview_rollback('%s') as p where p.ddl !~ 'OWNER' order by p.step"
                        .formatted(before)))
        .containsExactly("ALTER TABLE shop.customer DATA_LOSS 1", "CREATE VIEW shop.mailing SAFE");
    assertThat(changesSince(changed)).isEmpty();
  }

  @Test
  void undoesEverythingWhenPostgresRejectsAStep() throws SQLException {
    run(
        "drop view shop.mailing",
        "alter table shop.customer drop column name",
        "create table shop.other (id int)");
    String changed = now();

    Attempt refused = attempt(rollBack(true));

    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("contains null values", "Nothing was changed");
    assertThat(changesSince(changed)).isEmpty();
    assertThat(value("select to_regclass('shop.other')")).isEqualTo("shop.other");
  }

  @Test
  void waitsForALockNoLongerThanAllowed() throws Exception {
    run("alter table shop.customer add column phone text", "set lock_timeout = '50ms'");
    try (Connection other = database.connect()) {
      Sql.execute(other, "begin", "select * from shop.customer");

      Attempt refused = attempt(rollBack(false));

      assertThat(refused.sqlState()).isEqualTo("PT014");
      assertThat(refused.message())
          .contains(
              "the rollback is refused at step 1: canceling statement due to lock timeout",
              "ALTER TABLE shop.customer DROP COLUMN phone",
              "Nothing was changed",
              "Another session uses the object. Try again, or set lock_timeout to wait longer.");
    }
    run(rollBack(false));
    assertThat(asItWas()).isEqualTo("t");
  }

  @Test
  void isRefusedToWhoDoesNotOwnTheObjects() throws Exception {
    run("alter table shop.customer add column phone text");
    Login reader = member("reader", "pgtrail_reader");
    Login nobody = member("nobody");

    try (Connection session = reader.connect()) {
      assertThat(Attempt.at(session, rollBack(false)).sqlState()).isEqualTo("PT014");
    }
    try (Connection session = nobody.connect()) {
      assertThat(Attempt.at(session, rollBack(false)).sqlState()).isEqualTo(Attempt.NO_RIGHT);
    }
    assertThat(asItWas()).isEqualTo("f");
  }

  @Test
  void isUndoneAsAWholeWhereOneOfTheObjectsBelongsToSomebodyElse() throws Exception {
    Login sales = member("sales");
    Login billing = member("billing");
    Login keeper = member("keeper", "pgtrail_reader", sales.user());
    run(
        "grant all on schema shop to " + sales.user() + ", " + billing.user(),
        "alter table shop.purchase owner to " + sales.user(),
        "alter table shop.customer owner to " + billing.user());
    before = now();
    run(
        "alter table shop.customer alter name drop not null",
        "alter table shop.purchase alter customer set default 1");
    String changed = now();

    try (Connection session = keeper.connect()) {
      Attempt refused = Attempt.at(session, rollBack(false));

      assertThat(refused.sqlState()).isEqualTo("PT014");
      assertThat(refused.message())
          .contains("the rollback is refused at step 2: must be owner of table customer")
          .contains("ALTER TABLE shop.customer ALTER COLUMN name SET NOT NULL")
          .contains("Nothing was changed");
      assertThat(changesSince(changed)).isEmpty();
      assertThat(
              value(
                  "select atthasdef from pg_attribute"
                      + " where attrelid = 'shop.purchase'::regclass and attname = 'customer'"))
          .isEqualTo("t");

      run("grant " + billing.user() + " to " + keeper.user());

      assertThat(Attempt.at(session, rollBack(false)).sqlState()).isEqualTo(Attempt.DONE);
    }
    assertThat(asItWas()).isEqualTo("t");
  }

  @Test
  void goesWithTheTransactionOfTheCaller() throws SQLException {
    run("alter table shop.customer add column phone text");

    run("begin", "alter table shop.customer add column fax text", rollBack(false), "rollback");

    assertThat(asItWas()).isEqualTo("f");

    run("begin", "alter table shop.customer add column fax text", rollBack(false), "commit");

    assertThat(asItWas()).isEqualTo("t");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          rollback_to_timestamp('infinity'),               PT001
          rollback_to_timestamp('2000-01-01'),             PT013
          rollback_to_timestamp(null),                     PT001
          preview_rollback(null),                          PT001
          "rollback_object('shop.nothing', '1.0.0')",      PT012
          "rollback_object('shop.customer', '9.9.9')",     PT012
          "rollback_object('shop.customer', null)",        PT012
          "rollback_object(null, null)",                   PT012
          """,
      quoteCharacter = '"')
  void isRefusedForWhatWasNeverThere(String call, String state) {
    assertThat(attempt("select * from pggit." + call).sqlState()).isEqualTo(state);
  }

  @Test
  void ofOneObjectLeavesTheOthers() throws SQLException {
    run(
        "drop view shop.mailing",
        "alter table shop.purchase add column sum numeric",
        "create view shop.mailing as select email from shop.customer");

    run("select * from pggit.rollback_object('shop.mailing', '1.0.0')");

    assertThat(value("select name from shop.mailing")).isEqualTo("Ada");
    assertThat(value("select pggit.get_version('shop.purchase')")).isEqualTo("1.1.0");
  }

  @Test
  void isWhatAMigrationDoesByHandBothWays() throws SQLException {
    run(
        "alter table shop.customer rename to person",
        "drop view shop.mailing",
        "create type shop.state as enum ('new', 'paid')",
        "alter table shop.purchase add column state shop.state default 'new'");
    String after = now();

    run(value("select pggit.generate_migration('%s', '%s')".formatted(after, before)));
    assertThat(asItWas()).isEqualTo("t");

    run(value("select pggit.generate_migration('%s', '%s')".formatted(before, after)));
    assertThat(value("select count(*) from pggit.diff('%s')".formatted(after))).isEqualTo("0");
  }

  @Test
  void keepsThePartitionsOfATableThatIsMadeAnewForAnotherPartitionKey() throws SQLException {
    run(
        "create table shop.visit (id int, day date, primary key (id)) partition by list (id)",
        "create index visit_day on shop.visit (day)",
        "create table shop.visits partition of shop.visit default",
        "insert into shop.visit values (1, '2020-02-03')");
    before = now();
    run(
        "create table shop.other (id int not null, day date) partition by list (day)",
        "alter table shop.visit detach partition shop.visits",
        "drop table shop.visit",
        "alter table shop.other rename to visit",
        "alter table shop.visit attach partition shop.visits default");

    run(rollBack(false));

    assertThat(column("select ddl from pggit.preview_rollback('" + before + "')")).isEmpty();
    assertThat(value("select id from shop.visit")).isEqualTo("1");
  }

  @Test
  void givesBackANameThatAnIndexOfAPartitionHasByNow() throws SQLException {
    run(
        "create table shop.visit (id int, day date) partition by range (day)",
        "create table shop.visits partition of shop.visit default",
        "create index visit_day on shop.visit (day)",
        "alter index shop.purchase_customer rename to lent");
    before = now();
    run(
        "alter index shop.lent rename to purchase_customer",
        "alter index shop.visits_day_idx rename to lent");
    String swapped = now();

    run(rollBack(false));

    assertThat(asItWas()).isEqualTo("t");
    assertThat(value("select tablename from pg_indexes where indexname = 'lent'"))
        .isEqualTo("purchase");

    before = swapped;
    run(rollBack(false));

    assertThat(asItWas()).isEqualTo("t");
    assertThat(value("select tablename from pg_indexes where indexname = 'lent'"))
        .isEqualTo("visits");
  }

  @Test
  void refusesToDropTheRowsOfPartitionsThatAreNotThereInTheTarget() throws SQLException {
    run(
        "create table shop.other (id int, name text) partition by list (name)",
        "create table shop.others partition of shop.other default",
        "insert into shop.other select id, name from shop.customer",
        "drop table shop.customer cascade",
        "alter table shop.other rename to customer");

    Attempt refused = attempt(rollBack(false));

    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("2 rows", "DROP TABLE shop.others");
  }

  @Test
  void refusesToTakeAnAttributeFromValuesThatAreThere() throws SQLException {
    run(
        "create type shop.place as (street text)",
        "create table shop.depot of shop.place",
        "create table shop.route (stops shop.place[])",
        "create view shop.street as select street from shop.depot");
    before = now();
    run(
        "drop view shop.street",
        "alter type shop.place add attribute zip int cascade",
        "create view shop.street as select street, zip from shop.depot",
        "insert into shop.depot values ('Main Street', 7)",
        "insert into shop.route values (array[row('High Street', 8)::shop.place])");

    Attempt refused = attempt(rollBack(false));

    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("2 rows", "DROP ATTRIBUTE zip");

    run(rollBack(true));

    assertThat(asItWas()).isEqualTo("t");
    assertThat(value("select street from shop.street")).isEqualTo("Main Street");
  }

  @Test
  void refusesToForgetWhereASequenceStands() throws SQLException {
    run("create sequence shop.number", "create sequence shop.unused");
    run("select nextval('shop.number')");

    Attempt refused = attempt(rollBack(false));

    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("1 row", "DROP SEQUENCE shop.number");

    run(rollBack(true));

    assertThat(asItWas()).isEqualTo("t");
  }

  @Test
  void hasASequenceThatComesBackGoOnAfterTheValuesThatAreThere() throws SQLException {
    run(
        "create sequence shop.number owned by shop.customer.id",
        "alter table shop.customer alter id set default nextval('shop.number')");
    before = now();
    run("drop sequence shop.number cascade");

    run(rollBack(false));

    assertThat(asItWas()).isEqualTo("t");
    run("insert into shop.customer (name) values ('Eve')");
    assertThat(value("select id from shop.customer where name = 'Eve'")).isEqualTo("3");
  }

  @Test
  void saysThatASecretCannotComeBack() throws SQLException {
    run(
        "create foreign data wrapper books",
        "create server library foreign data wrapper books",
        "create user mapping for public server library options (password 'hunter2')");
    before = now();
    run("drop user mapping for public server library");

    assertThat(column("select risk from pggit.preview_rollback('" + before + "')"))
        .containsExactly("IRREVERSIBLE");
    Attempt refused = attempt(rollBack(true));

    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("needs a secret, which is not kept");
  }

  @Test
  void leavesASecretAsItIsWhereTheRestOfAMappingComesBack() throws SQLException {
    run(
        "create foreign data wrapper books",
        "create server library foreign data wrapper books",
        "create user mapping for public server library options (\"user\" 'ada', password 'hunter2')");
    before = now();
    run(
        "alter user mapping for public server library options (set \"user\" 'max', set password 'hunter3')");

    run(rollBack(false));

    assertThat(asItWas()).isEqualTo("t");
    assertThat(column("select unnest(umoptions) from pg_user_mapping"))
        .containsExactlyInAnyOrder("password=hunter3", "user=ada");
  }

  @Test
  void bringsBackNamesOfOperatorsAggregatesAndProcedures() throws SQLException {
    run(
        "create schema other",
        "create function shop.add(int, int) returns int language sql as 'select $1 + $2'",
        "create operator shop.@+ (function = shop.add, leftarg = int, rightarg = int)",
        "create aggregate shop.total(int) (sfunc = int4pl, stype = int, initcond = 0)",
        "create aggregate shop.number(*) (sfunc = int8inc, stype = int8, initcond = 0)",
        "create procedure shop.twice(inout x int) language plpgsql as 'begin x := 2 * x; end'");
    before = now();
    run(
        "alter operator shop.@+ (int, int) set schema other",
        "alter aggregate shop.total(int) rename to sum",
        "alter aggregate shop.number(*) rename to quantity",
        "alter procedure shop.twice(int) rename to double",
        "alter procedure shop.double(int) set schema other");

    run(rollBack(false));

    assertThat(asItWas()).isEqualTo("t");
  }

  private String rollBack(boolean allowDataLoss) {
    return "select * from pggit.rollback_to_timestamp('%s', %s)".formatted(before, allowDataLoss);
  }

  /** Whether the schema is, in the catalogs and as recorded, what it was at first. */
  private String asItWas() throws SQLException {
    return value(
        """
        select not exists (select from pggit.diff('%s'))
            and not exists (select from pggit.verify_database_integrity())
        """
            .formatted(before));
  }
}
