package io.pgtrail.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;

final class TestDatabasesTest {

  private static final List<Connection> LEAKED = new ArrayList<>();
  private static final AtomicInteger INSTALLATIONS = new AtomicInteger();

  @RegisterExtension
  static final TestDatabases databases =
      TestDatabases.with(
          empty -> {
            INSTALLATIONS.incrementAndGet();
            try (Connection connection = empty.connect()) {
              Sql.execute(connection, "create table product (id int)");
            }
          });

  @Test
  void givesEveryTestACopyOfTheProduct(TestDatabase database) throws Exception {
    database.execute("insert into product values (1)");

    assertThat(database.queryForString("select count(*) from product")).isEqualTo("1");
    assertThat(INSTALLATIONS).hasValue(1);
  }

  @Test
  void givesEveryTestACopyOfItsOwn(TestDatabase database) throws Exception {
    database.execute("insert into product values (1)");

    assertThat(database.queryForString("select count(*) from product")).isEqualTo("1");
    assertThat(INSTALLATIONS).hasValue(1);
  }

  @Test
  void givesATwinThatIsAsTheDatabaseWasAtFirst(TestDatabase database) throws Exception {
    database.execute("insert into product values (1)");

    try (Connection twin = database.twin().connect()) {
      assertThat(Sql.queryForString(twin, "select count(*) from product")).isEqualTo("0");
    }
  }

  @Test
  void runsTheMajorVersionThatIsAskedFor(TestDatabase database) throws Exception {
    String major = System.getProperty("pgtrail.test.postgres", "18");

    assertThat(database.majorVersion()).isEqualTo(Integer.parseInt(major));
    assertThat(database.queryForString("show server_version")).startsWith(major + ".");
    assertThat(database.queryForString("show wal_level")).isEqualTo("logical");
  }

  @Test
  void createsRolesWithoutRights(TestDatabase database) throws Exception {
    Login visitor = database.role("visitor");

    try (Connection connection = database.connectAs(visitor)) {
      assertThat(Sql.queryForString(connection, "select current_user"))
          .isEqualTo("visitor_" + database.name());
      assertThatThrownBy(() -> Sql.queryForString(connection, "select id from product"))
          .isInstanceOfSatisfying(
              SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("42501"));
    }
  }

  @Test
  void givesRowsAsPlainValues(TestDatabase database) throws Exception {
    assertThat(
            database.rows(
                "select 1 as number, null as nothing, array['a', null] as list,"
                    + " '{\"a\": 1}'::jsonb as json"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.keySet()).containsExactly("number", "nothing", "list", "json");
              assertThat(row.values())
                  .containsExactly(1, null, Arrays.asList("a", null), "{\"a\": 1}");
            });
  }

  @Test
  void killsBackends(TestDatabase database) throws Exception {
    try (Connection connection = database.connect()) {
      database.killBackend(TestDatabase.backendOf(connection));

      assertThatThrownBy(() -> Sql.execute(connection, "select 1"))
          .isInstanceOf(SQLException.class);
    }
  }

  /** Not found by name: the test below runs it. */
  static final class Leaking {

    @RegisterExtension static final TestDatabases databases = TestDatabases.empty();

    @Test
    void leaks(TestDatabase database) throws Exception {
      LEAKED.add(database.connect());
    }
  }

  @Test
  void failsATestThatLeaksAConnection() throws Exception {
    EngineTestKit.engine("junit-jupiter")
        .selectors(DiscoverySelectors.selectClass(Leaking.class))
        .execute()
        .testEvents()
        .assertStatistics(statistics -> statistics.failed(1))
        .failed()
        .assertThatEvents()
        .allSatisfy(event -> assertThat(event.toString()).contains("Leaked connections"));
    for (Connection leaked : LEAKED) {
      leaked.close();
    }
  }

  @Test
  void dropsDatabasesThatHoldPreparedTransactionsSlotsAndSubscriptions(TestDatabase database)
      throws Exception {
    try (Connection connection = database.connect()) {
      Sql.execute(
          connection,
          "select pg_create_logical_replication_slot('slot', 'pgoutput', true)",
          "create subscription s connection 'dbname=x' publication p with (connect = false)");
      connection.setAutoCommit(false);
      Sql.execute(connection, "create table pending (id int)", "prepare transaction 'pending'");
      connection.setAutoCommit(true);
    }

    assertThat(database.rows("select gid from pg_prepared_xacts")).hasSize(1);
  }

  @Test
  void dropsRolesThatOwnObjectsAndGaveRightsAway(TestDatabase database) throws Exception {
    Login owner = database.role("owner");
    Login friend = database.role("friend");
    database.execute(
        "grant create on database "
            + database.name()
            + " to "
            + owner.user()
            + " with grant option");

    try (Connection connection = database.connectAs(owner)) {
      Sql.execute(
          connection,
          "create schema mine",
          "grant usage on schema mine to " + friend.user(),
          "grant create on database " + database.name() + " to " + friend.user());
    }

    assertThat(List.of(owner, friend)).doesNotHaveDuplicates();
  }
}
