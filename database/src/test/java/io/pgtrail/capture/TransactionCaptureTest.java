package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The trail keeps what is committed, nothing else. */
class TransactionCaptureTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  private TestDatabase database;

  @BeforeEach
  void createTheShop(TestDatabase database) throws SQLException {
    this.database = database;
    database.execute("create schema shop");
  }

  @Test
  void forgetsATransactionThatRollsBack() throws SQLException {
    assertThat(DdlTrail.of(database, "begin", "create table shop.item (id integer)", "rollback"))
        .isEmpty();
  }

  @Test
  void forgetsASavepointThatRollsBackAndKeepsTheRest() throws SQLException {
    assertThat(
            DdlTrail.of(
                database,
                "begin",
                "create table shop.a (id integer)",
                "savepoint before_b",
                "create table shop.b (id integer)",
                "rollback to before_b",
                "create table shop.c (id integer)",
                "savepoint before_d",
                "create table shop.d (id integer)",
                "release before_d",
                "commit"))
        .extracting(Captured::statement)
        .containsExactly(
            "create table shop.a (id integer)",
            "create table shop.c (id integer)",
            "create table shop.d (id integer)");
  }

  @Test
  void keepsAPreparedTransactionFromItsCommitOn() throws SQLException {
    DdlTrail trail = DdlTrail.from(database);
    String name = "'" + database.name() + "'";

    database.execute("begin", "create table shop.item (id integer)", "prepare transaction " + name);

    assertThat(trail.captured()).isEmpty();
    database.execute("commit prepared " + name);
    assertThat(trail.summaries())
        .containsExactly("CREATE TABLE: create table shop.item (id integer)");
  }

  @Test
  void forgetsAPreparedTransactionThatRollsBack() throws SQLException {
    String name = "'" + database.name() + "'";

    assertThat(
            DdlTrail.of(
                database,
                "begin",
                "create table shop.item (id integer)",
                "prepare transaction " + name,
                "rollback prepared " + name))
        .isEmpty();
  }

  @Test
  void recordsAnIndexThatIsBuiltConcurrentlyOnce() throws SQLException {
    database.execute("create table shop.item (id integer)", "insert into shop.item values (1)");

    Captured captured =
        DdlTrail.ofOne(database, "create index concurrently item_id on shop.item (id)");

    assertThat(captured.summary())
        .isEqualTo("CREATE INDEX: create index concurrently item_id on shop.item (id)");
    assertThat(captured.objects()).containsExactly("shop.item_id");
  }

  @Test
  void recordsNothingOfAConcurrentIndexThatFails() throws SQLException {
    database.execute(
        "create table shop.item (id integer)", "insert into shop.item values (1), (1)");
    DdlTrail trail = DdlTrail.from(database);

    try (Connection connection = database.connect()) {
      assertThatThrownBy(
              () ->
                  Sql.execute(
                      connection, "create unique index concurrently item_id on shop.item (id)"))
          .isInstanceOf(SQLException.class);
      // And the next statement of the session is as ever.
      Sql.execute(connection, "drop index concurrently shop.item_id");
    }

    assertThat(trail.summaries())
        .containsExactly("DROP INDEX: drop index concurrently shop.item_id");
  }

  @Test
  void recordsReindexingFrom17On() throws SQLException {
    database.execute("create table shop.item (id integer primary key)");

    List<Captured> captured =
        DdlTrail.of(
            database,
            "reindex table concurrently shop.item",
            "reindex index concurrently shop.item_pkey");

    if (database.majorVersion() < 17) {
      assertThat(captured).isEmpty();
    } else {
      assertThat(captured)
          .extracting(Captured::summary)
          .containsExactly(
              "REINDEX: reindex table concurrently shop.item",
              "REINDEX: reindex index concurrently shop.item_pkey");
      assertThat(captured)
          .allSatisfy(each -> assertThat(each.objects()).containsExactly("shop.item_pkey"));
    }
  }

  @Test
  void leavesOutTemporaryObjects() throws SQLException {
    assertThat(
            DdlTrail.of(
                database,
                "create temp table basket (id serial primary key, name text unique)",
                "create index on basket (name)",
                "alter table basket add column price numeric",
                "alter table basket add unique (price)",
                "create temp view baskets as select id from basket",
                "comment on table basket is 'mine'",
                "create temp table copy as select 1 as one",
                "select 1 as one into temp another",
                "drop view baskets",
                "drop table basket, copy, another"))
        .isEmpty();
  }

  @Test
  void recordsTemporaryObjectsWhenAsked() throws SQLException {
    database.execute("select script_tracking.configure('capture_temporary', 'true')");

    assertThat(DdlTrail.of(database, "create temp table basket (id integer)", "drop table basket"))
        .extracting(Captured::summary)
        .containsExactly(
            "CREATE TABLE: create temp table basket (id integer)", "DROP TABLE: drop table basket");
  }

  @Test
  void recordsADropOfTemporaryAndLastingObjectsTogether() throws SQLException {
    assertThat(
            DdlTrail.of(
                database,
                "create table shop.item (id integer)",
                "create temp table basket (id integer)",
                "drop table basket, shop.item"))
        .extracting(Captured::statement)
        .containsExactly("create table shop.item (id integer)", "drop table basket, shop.item");
  }

  @Test
  void letsAReadOnlyTransactionReindex() throws SQLException {
    database.execute("create table shop.item (id integer primary key)");
    DdlTrail trail = DdlTrail.from(database);

    try (Connection connection = database.connect()) {
      Sql.execute(
          connection,
          "create temp table basket (id integer primary key)",
          "begin transaction read only",
          "reindex table basket",
          "reindex table shop.item",
          "commit");
    }

    // Nothing can be written there.
    assertThat(trail.captured()).isEmpty();
  }
}
