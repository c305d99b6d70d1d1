package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installed;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * A trail that was restored from a dump into a cluster of far lower transaction ids, as pg_restore
 * does it: other identities, the same rows, the same text of the functions.
 */
final class RestoredTrailTest extends InstalledDatabase {

  private static final String[] TABLES = {
    "script_tracking.script_execution_h",
    "script_tracking.script_execution_s",
    "script_tracking.script_execution_s_history"
  };

  private final FeedReader consumer = new FeedReader();

  @Test
  void goesOnInItsFeedWithoutLossOrRepeat() throws Exception {
    beginWithManyTransactionsBehind();
    track(connection, "Read before the dump");
    run("select script_tracking.refresh_rollups()");
    consumer.readOn(connection);
    track(connection, "Not read before the dump");
    run("select script_tracking.track_operation('Running')");

    withRestored(
        (restored, login) -> {
          consumer.readOn(restored);
          consumer.assertReadOnceAndAll(restored);

          track(restored, "After the restore");
          complete(restored, "Running");
          consumer.readOn(restored);
          consumer.assertReadOnceAndAll(restored);
          assertThat(value(restored, "select pgtrail.feed_is_anchored()")).isEqualTo("f");

          Installed upgraded = new Installer(login.dataSource()).install();

          assertThat(upgraded.notices())
              .anyMatch(notice -> notice.contains("restored from a dump"));
          assertThat(value(restored, "select pgtrail.feed_is_anchored()")).isEqualTo("t");
          track(restored, "After the upgrade");
          Sql.execute(restored, "create table after_the_upgrade (id int)");
          consumer.readOn(restored);
          consumer.assertReadOnceAndAll(restored);
          assertRollupsAreRight(restored);
          assertThat(new Installer(login.dataSource()).install().notices()).isEmpty();
        });
  }

  @Test
  void goesOnAlsoWhenAllThatWasRestoredIsRemovedBeforeItIsUsed() throws Exception {
    beginWithManyTransactionsBehind();
    track(connection, "Old");
    run("select script_tracking.refresh_rollups()");
    consumer.readOn(connection);

    withRestored(
        (restored, login) -> {
          withTheTrailOpen(
              restored,
              () -> {
                for (String table : TABLES) {
                  Sql.execute(restored, "delete from " + table);
                }
              });
          consumer.forget();

          track(restored, "After the restore");

          consumer.readOn(restored);
          consumer.assertReadOnceAndAll(restored);
          assertThat(consumer.size()).isEqualTo(2);
        });
  }

  /** The same way to the same place gives the same identities: those of a cluster that is gone. */
  @Test
  void isNotMistakenForTheOneOfAClusterThatWasMadeInTheSameWay() throws Exception {
    beginWithManyTransactionsBehind();
    track(connection, "Job");
    consumer.readOn(connection);

    withRestored(
        (restored, login) -> {
          Sql.execute(
              restored,
              """
              insert into pgtrail.feed_origin
              select c.system_identifier + 1, 'script_tracking.script_execution_s'::regclass, 5
              from pg_control_system() as c
              """);

          track(restored, "After the restore");

          consumer.readOn(restored);
          consumer.assertReadOnceAndAll(restored);
        });
  }

  @Test
  void isWrittenAndReadByOthersWhileTheFirstTransactionAfterItIsOpen() throws Exception {
    beginWithManyTransactionsBehind();
    track(connection, "Job");
    run("select script_tracking.refresh_rollups()");

    withRestored(
        (restored, login) -> {
          try (Connection other = login.connect()) {
            // Making the functions was DDL, and so the first that was written.
            Sql.execute(
                restored,
                "delete from pgtrail.feed_origin"
                    + " where trail = 'script_tracking.script_execution_s'::regclass",
                "begin",
                "select script_tracking.track_operation('First after it')");
            Sql.execute(other, "set lock_timeout = '50ms'");
            Sql.execute(other, "select script_tracking.refresh_rollups()");
            track(other, "Meanwhile");
            Sql.execute(other, "select script_tracking.refresh_rollups()");
            consumer.readOn(other);

            Sql.execute(restored, "commit");

            track(other, "After both");
            consumer.readOn(restored);
            consumer.assertReadOnceAndAll(restored);
            Sql.execute(other, "select script_tracking.refresh_rollups()");
            assertRollupsAreRight(restored);
          }
        });
  }

  /** pg_upgrade keeps identities and transaction ids and gives the cluster another name. */
  @Test
  void goesOnAfterAnUpgradeOfTheServerWhileOthersWrite() throws Exception {
    run("update pgtrail.feed_origin set cluster = cluster + 1");
    try (Connection writer = database.connect()) {
      Sql.execute(writer, "begin", "select script_tracking.track_operation('Open')");

      run("select pgtrail.anchor_feed()", "select script_tracking.refresh_rollups()");
      Sql.execute(writer, "commit");
    }
    run("select script_tracking.refresh_rollups()");

    assertRollupsAreRight(connection);
  }

  private void beginWithManyTransactionsBehind() throws Exception {
    run(
        "update pgtrail.feed_origin set base = 1000000000000",
        "drop function pgtrail.feed_is_anchored()",
        "select pgtrail.anchor_feed()");
  }

  private static void track(Connection session, String name) throws Exception {
    Sql.execute(session, "select script_tracking.track_operation('" + name + "')");
    complete(session, name);
  }

  private static void complete(Connection session, String name) throws Exception {
    Sql.execute(
        session,
        "select script_tracking.complete_operation(script_execution_hk)"
            + " from script_tracking.script_execution_s where script_name = '"
            + name
            + "'");
  }

  private static void assertRollupsAreRight(Connection session) throws Exception {
    Sql.execute(session, "select script_tracking.refresh_rollups()");
    assertThat(value(session, "select sum(operations) from pgtrail.total_rollup where minutes = 5"))
        .isEqualTo(value(session, "select count(*) from script_tracking.script_execution_s"));
  }

  @FunctionalInterface
  private interface Restored {
    void use(Connection restored, Login login) throws Exception;
  }

  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private void withRestored(Restored work) throws Exception {
    Login login = database.twin();
    try (Connection restored = login.connect()) {
      restore(restored);
      work.use(restored, login);
    }
  }

  private void restore(Connection restored) throws Exception {
    withTheTrailOpen(
        restored,
        () -> {
          for (String table : TABLES) {
            copy(table, restored);
          }
          for (String table :
              List.of(
                  "feed_origin",
                  "feed_consumer",
                  "operation_rollup",
                  "total_rollup",
                  "duration_rollup",
                  "actor_rollup")) {
            copy("pgtrail." + table, restored);
          }
        });
    for (String function : List.of("current_place", "feed_horizon", "feed_is_anchored")) {
      Sql.execute(
          restored, value("select pg_get_functiondef('pgtrail." + function + "'::regproc)"));
    }
  }

  private void copy(String table, Connection restored) throws Exception {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    copies(connection).copyOut("copy " + table + " to stdout", rows);
    Sql.execute(restored, "delete from " + table);
    copies(restored)
        .copyIn("copy " + table + " from stdin", new ByteArrayInputStream(rows.toByteArray()));
  }

  private static CopyManager copies(Connection session) throws Exception {
    return session.unwrap(PGConnection.class).getCopyAPI();
  }

  /** pg_restore fills the tables before it makes the triggers. */
  private static void withTheTrailOpen(Connection session, Work work) throws Exception {
    eachEventTrigger(session, "disable");
    for (String table : TABLES) {
      Sql.execute(session, "alter table " + table + " disable trigger user");
    }
    work.run();
    for (String table : TABLES) {
      Sql.execute(
          session,
          "alter table " + table + " enable always trigger refuse_truncate",
          "alter table " + table + " enable always trigger refuse_change");
    }
    Sql.execute(
        session,
        "alter table script_tracking.script_execution_s enable always trigger supersede_version");
    eachEventTrigger(session, "enable");
  }

  private static void eachEventTrigger(Connection session, String does) throws Exception {
    for (var row : Sql.rows(session, "select evtname from pg_event_trigger")) {
      Sql.execute(session, "alter event trigger " + row.get("evtname") + " " + does);
    }
  }
}
