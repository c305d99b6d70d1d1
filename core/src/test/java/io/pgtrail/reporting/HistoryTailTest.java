package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("one-major")
final class HistoryTailTest {

  @RegisterExtension
  static final TestDatabases DATABASES =
      TestDatabases.with(empty -> new Installer(empty.dataSource()).install());

  @Test
  void beginsWithTheNewestAndGoesOnWithTheNews(TestDatabase database) throws SQLException {
    HistoryTail tail =
        new HistoryTail(Jdbi.create(database.dataSource()), HistoryFilter.all().withLimit(2));
    database.execute("create table a ()", "create table b ()", "create table c ()");

    assertThat(news(tail)).containsExactly("public.b COMPLETED", "public.c COMPLETED");
    assertThat(news(tail)).isEmpty();

    database.execute("create table d ()", "create table e ()", "create table f ()");

    assertThat(news(tail))
        .containsExactly("public.d COMPLETED", "public.e COMPLETED", "public.f COMPLETED");
    assertThat(news(tail)).isEmpty();
  }

  @Test
  void showsAnOperationWhenItBeginsAndWhenItEnds(TestDatabase database) throws SQLException {
    HistoryTail tail = new HistoryTail(Jdbi.create(database.dataSource()), HistoryFilter.all());
    news(tail);

    String key = database.queryForString("select script_tracking.track_operation('nightly')::text");
    assertThat(news(tail)).containsExactly("nightly RUNNING");

    assertThat(news(tail)).isEmpty();
    database.execute("select script_tracking.complete_operation('" + key + "', false)");
    assertThat(news(tail)).containsExactly("nightly FAILED");
    assertThat(news(tail)).isEmpty();
  }

  @Test
  void waitsForNoOpenTransactionAndMissesNone(TestDatabase database) throws SQLException {
    HistoryTail tail = new HistoryTail(Jdbi.create(database.dataSource()), HistoryFilter.all());
    try (Connection slow = database.connect()) {
      slow.setAutoCommit(false);
      Sql.execute(slow, "create table slow ()");
      assertThat(news(tail)).isEmpty();

      database.execute("create table fast ()");
      assertThat(news(tail)).containsExactly("public.fast COMPLETED");
      assertThat(news(tail)).isEmpty();

      slow.commit();
    }

    assertThat(news(tail)).containsExactly("public.slow COMPLETED");
    assertThat(news(tail)).isEmpty();
  }

  @Test
  void showsAnEndThatAnOlderTransactionRecorded(TestDatabase database) throws SQLException {
    HistoryTail tail = new HistoryTail(Jdbi.create(database.dataSource()), HistoryFilter.all());
    try (Connection older = database.connect()) {
      older.setAutoCommit(false);
      Sql.execute(older, "select pg_current_xact_id()");
      String key = database.queryForString("select script_tracking.track_operation('job')::text");
      assertThat(news(tail)).containsExactly("job RUNNING");
      Sql.execute(older, "select script_tracking.complete_operation('" + key + "')");
      assertThat(news(tail)).isEmpty();
      older.commit();
    }

    assertThat(news(tail)).containsExactly("job COMPLETED");
    assertThat(news(tail)).isEmpty();
  }

  @Test
  void showsAFailureThatAnOlderTransactionRecordedOfAnOperationItWasNotToShow(TestDatabase database)
      throws SQLException {
    HistoryTail tail =
        new HistoryTail(
            Jdbi.create(database.dataSource()), HistoryFilter.all().withStatus("failed"));
    try (Connection older = database.connect()) {
      older.setAutoCommit(false);
      Sql.execute(older, "select pg_current_xact_id()");
      String key = database.queryForString("select script_tracking.track_operation('job')::text");
      assertThat(news(tail)).isEmpty();
      Sql.execute(older, "select script_tracking.complete_operation('" + key + "', false)");
      assertThat(news(tail)).isEmpty();
      older.commit();
    }

    assertThat(news(tail)).containsExactly("job FAILED");
    assertThat(news(tail)).isEmpty();
  }

  @Test
  void theLimitIsForTheBeginningAloneAlsoWhileATransactionIsOpen(TestDatabase database)
      throws SQLException {
    HistoryTail tail =
        new HistoryTail(Jdbi.create(database.dataSource()), HistoryFilter.all().withLimit(1));
    try (Connection slow = database.connect()) {
      slow.setAutoCommit(false);
      Sql.execute(slow, "select pg_current_xact_id()");
      database.execute("create table a ()", "create table b ()");

      assertThat(news(tail)).containsExactly("public.b COMPLETED");
      assertThat(news(tail)).isEmpty();
      slow.commit();
    }

    assertThat(news(tail)).isEmpty();
  }

  @Test
  void waitsForAnOpenTransactionWhenTooMuchFollowedIt(TestDatabase database) throws SQLException {
    HistoryTail tail = new HistoryTail(Jdbi.create(database.dataSource()), HistoryFilter.all(), 2);
    try (Connection slow = database.connect()) {
      slow.setAutoCommit(false);
      Sql.execute(slow, "create table slow ()");
      database.execute("create table a ()");
      assertThat(news(tail)).containsExactly("public.a COMPLETED");
      database.execute("create table b ()");
      assertThat(news(tail)).containsExactly("public.b COMPLETED");
      database.execute("create table c ()");
      assertThat(news(tail)).isEmpty();
      slow.commit();
    }

    assertThat(news(tail)).containsExactly("public.slow COMPLETED", "public.c COMPLETED");
    assertThat(news(tail)).isEmpty();
  }

  @Test
  void beginsWithWhatIsCertainWhenTooMuchFollowedAnOpenTransaction(TestDatabase database)
      throws SQLException {
    HistoryTail tail = new HistoryTail(Jdbi.create(database.dataSource()), HistoryFilter.all(), 1);
    database.execute("create table before ()");
    try (Connection slow = database.connect()) {
      slow.setAutoCommit(false);
      Sql.execute(slow, "select pg_current_xact_id()");
      database.execute("create table a ()", "create table b ()");

      assertThat(news(tail)).containsExactly("public.before COMPLETED");
      slow.commit();
    }

    assertThat(news(tail)).containsExactly("public.a COMPLETED", "public.b COMPLETED");
    assertThat(news(tail)).isEmpty();
  }

  /** What the next reading gives: the object or name, and the status. */
  private static List<String> news(HistoryTail tail) {
    List<String> news = new ArrayList<>();
    tail.read(
        operation ->
            news.add(
                (operation.objects().isEmpty() ? operation.name() : operation.objects().get(0))
                    + " "
                    + operation.status()));
    return news;
  }
}
