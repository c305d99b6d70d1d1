package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every consumer of the trail relies on. */
final class FeedTest extends InstalledDatabase {

  private static final int WRITERS = 6;
  private static final int TRANSACTIONS_PER_WRITER = 60;

  /** A consumer as any other: it keeps its place and what it has read. */
  private static final class Reader {

    private final Connection connection;
    private final List<String> read = new ArrayList<>();
    private String xid = "0";
    private byte[] key = {};
    private long version;

    Reader(Connection connection) {
      this.connection = connection;
    }

    int read(int maxRows) throws SQLException {
      try (PreparedStatement query =
          connection.prepareStatement(
              """
              select recorded_xid::text, script_execution_hk, version_number, script_name
              from pgtrail.read_versions((?::xid8, ?, ?), ?)
              """)) {
        query.setString(1, xid);
        query.setBytes(2, key);
        query.setLong(3, version);
        query.setInt(4, maxRows);
        int rows = 0;
        try (ResultSet row = query.executeQuery()) {
          while (row.next()) {
            xid = row.getString(1);
            key = row.getBytes(2);
            version = row.getLong(3);
            read.add(row.getString(4) + " v" + version);
            rows++;
          }
        }
        return rows;
      }
    }

    void readAll() throws SQLException {
      int rows = read(3);
      while (rows > 0) {
        rows = read(3);
      }
    }
  }

  @Test
  void givesEveryVersionOnceWhileManyWrite() throws Exception {
    run("create table shared_operation (hk bytea, name text)");
    CountDownLatch written = new CountDownLatch(WRITERS);
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try (Connection second = database.connect()) {
      Reader reader = new Reader(second);
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        writers.add(threads.submit(() -> write(writer, written)));
      }

      while (written.getCount() > 0) {
        reader.read(7);
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      reader.readAll();

      assertThat(reader.read)
          .doesNotHaveDuplicates()
          .containsExactlyInAnyOrderElementsOf(committedVersions());
      assertThat(reader.read).hasSizeGreaterThan(WRITERS * TRANSACTIONS_PER_WRITER / 2);
      assertInOrder(reader.read);
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  /** Starts and ends operations, its own and those of others, in transactions of every kind. */
  private Void write(int writer, CountDownLatch written) throws SQLException {
    Random random = new Random(writer);
    try (Connection session = database.connect()) {
      for (int i = 0; i < TRANSACTIONS_PER_WRITER; i++) {
        Sql.execute(session, "begin", "select pg_current_xact_id()");
        for (int step = random.nextInt(4); step >= 0; step--) {
          String name = writer + "/" + i + "/" + step;
          switch (random.nextInt(4)) {
            case 0 ->
                Sql.execute(
                    session,
                    "insert into shared_operation select script_tracking.track_operation('%1$s'), '%1$s'"
                        .formatted(name));
            case 1 -> Sql.execute(session, "select pg_sleep(0.002)");
            case 2 ->
                Sql.execute(
                    session,
                    "savepoint s",
                    "select script_tracking.track_operation('lost " + name + "')",
                    "rollback to s");
            default ->
                Sql.execute(
                    session,
                    """
                    with taken as (
                        delete from shared_operation
                        where hk in (select hk from shared_operation limit 1 for update skip locked)
                        returning hk
                    )
                    select script_tracking.complete_operation(hk) from taken
                    """);
          }
        }
        Sql.execute(session, random.nextInt(5) == 0 ? "rollback" : "commit");
      }
    } finally {
      written.countDown();
    }
    return null;
  }

  private List<String> committedVersions() throws SQLException {
    return Sql.rows(
            connection,
            "select script_name || ' v' || version_number as version"
                + " from script_tracking.script_execution_s_versions")
        .stream()
        .map(row -> String.valueOf(row.get("version")))
        .toList();
  }

  private static void assertInOrder(List<String> read) {
    Map<String, Integer> next = new HashMap<>();
    for (String each : read) {
      int separator = each.lastIndexOf(" v");
      String operation = each.substring(0, separator);
      int version = Integer.parseInt(each.substring(separator + 2));
      assertThat(version).as(each).isEqualTo(next.getOrDefault(operation, 1));
      next.put(operation, version + 1);
    }
  }

  @Test
  void keepsTheOrderOfAnOperationThatAnOlderTransactionEnds() throws Exception {
    try (Connection older = database.connect();
        Connection newer = database.connect()) {
      Sql.execute(older, "begin", "select pg_current_xact_id()");
      Sql.execute(newer, "select script_tracking.track_operation('Job')");
      Sql.execute(
          older,
          "select script_tracking.complete_operation(script_execution_hk)"
              + " from script_tracking.script_execution_s",
          "commit");
    }
    Reader reader = new Reader(connection);

    reader.read(1);
    reader.read(1);

    assertThat(reader.read).containsExactly("Job v1", "Job v2");
  }

  @Test
  void waitsForATransactionThatIsStillWriting() throws Exception {
    Reader reader = new Reader(connection);
    try (Connection slow = database.connect()) {
      Sql.execute(slow, "begin", "select script_tracking.track_operation('Slow')");
      run("select script_tracking.track_operation('Quick')");

      assertThat(reader.read(10)).isZero();

      Sql.execute(slow, "commit");
    }
    reader.readAll();
    assertThat(reader.read).containsExactly("Slow v1", "Quick v1");
  }

  @Test
  void givesWhatAPreparedTransactionWroteOnceItIsCommitted() throws Exception {
    Reader reader = new Reader(connection);
    run(
        "begin",
        "select script_tracking.track_operation('Prepared')",
        "prepare transaction 'feed " + database.name() + "'");
    run("select script_tracking.track_operation('Later')");

    assertThat(reader.read(10)).isZero();

    run("commit prepared 'feed " + database.name() + "'");
    reader.readAll();
    assertThat(reader.read).containsExactly("Prepared v1", "Later v1");
  }

  @Test
  void refusesToReadAnImpossibleNumberOfRows() throws Exception {
    assertThat(attempt("select pgtrail.read_versions(null, -1)").sqlState()).isEqualTo("PT001");
    assertThat(attempt("select pgtrail.read_versions(null, null)").sqlState()).isEqualTo("PT001");
    assertThat(attempt("select pgtrail.read_versions(null, 0)").rows()).isZero();
  }

  @Test
  void readsNothingTwiceWhenThereIsNothingNew() throws Exception {
    run("select script_tracking.complete_operation(script_tracking.track_operation('Job'))");
    Reader reader = new Reader(connection);
    reader.readAll();

    reader.readAll();

    assertThat(reader.read).containsExactly("Job v1", "Job v2");
  }
}
