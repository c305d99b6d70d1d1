package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who did it: session user and effective role. */
class ActorCaptureTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  private TestDatabase database;
  private Login clerk;
  private Login keeper;

  @BeforeEach
  void createTheShop(TestDatabase database) throws SQLException {
    this.database = database;
    clerk = database.role("clerk");
    keeper = database.role("keeper");
    database.execute(
        "create schema shop",
        "grant all on schema shop to " + clerk.user() + ", " + keeper.user(),
        "grant " + keeper.user() + " to " + clerk.user());
  }

  @Test
  void recordsARoleWithoutRights() throws SQLException {
    Captured captured =
        asClerk("create table shop.item (id integer primary key)", "drop table shop.item").get(0);

    assertThat(captured.statement()).isEqualTo("create table shop.item (id integer primary key)");
    assertActor(captured, clerk.user(), clerk.user());
  }

  @Test
  void tellsWhoActedAfterSetRole() throws SQLException {
    Captured captured =
        asClerk("set role " + keeper.user(), "create table shop.item (id integer)").get(0);

    assertActor(captured, clerk.user(), keeper.user());
  }

  @Test
  void tellsTheSessionUserThatASuperuserTookOn() throws SQLException {
    Captured captured =
        DdlTrail.ofOne(
            database,
            "set session authorization " + clerk.user(),
            "create table shop.item (id integer)");

    assertActor(captured, clerk.user(), clerk.user());
  }

  @Test
  void tellsTheOwnerOfASecurityDefinerFunction() throws SQLException {
    database.execute(
        """
        create function shop.stock_up() returns void language plpgsql security definer as $$
        begin
            create table shop.item (id integer);
            drop table shop.item;
        end $$
        """,
        "alter function shop.stock_up() owner to " + keeper.user());

    List<Captured> captured = asClerk("select shop.stock_up()");

    assertThat(captured).hasSize(2);
    captured.forEach(each -> assertActor(each, clerk.user(), keeper.user()));
  }

  @Test
  void keepsWhatTheSessionSaysOfItself() throws SQLException {
    Captured captured =
        asClerk(
                "set application_name = 'till \"7\"'",
                "set script_tracking.app_user = 'Ann'",
                "create table shop.item (id integer)")
            .get(0);

    assertThat(captured.row())
        .containsEntry("application_name", "till \"7\"")
        .containsEntry("application_user", "Ann");
  }

  private List<Captured> asClerk(String... statements) throws SQLException {
    DdlTrail trail = DdlTrail.from(database);
    try (Connection connection = database.connectAs(clerk)) {
      Sql.execute(connection, statements);
    }
    return trail.captured();
  }

  private static void assertActor(Captured captured, String sessionUser, String effectiveRole) {
    assertThat(captured.row()).containsEntry("db_session_user", sessionUser);
    assertThat(captured.effectiveRole()).isEqualTo(effectiveRole);
  }
}
