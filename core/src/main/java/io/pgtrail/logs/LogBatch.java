package io.pgtrail.logs;

import io.pgtrail.logs.LogReading.Answer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** Records that wait for the database. */
final class LogBatch {

  private static final int MOST_RECORDS = 2_000;
  private static final int MOST_BYTES = 1 << 20;
  private static final String SAVEPOINT = "records";

  /** SQLSTATEs of values, constraints and limits begin so. */
  private static final Set<String> OF_DATA = Set.of("22", "23", "54");

  private final Charset charset;
  private final char unknown;
  private final boolean live;
  private final List<String> records = new ArrayList<>();
  private long bytes;

  private LogBatch(Charset charset, char unknown, boolean live) {
    this.charset = charset;
    this.unknown = unknown;
    this.live = live;
  }

  /**
   * For the database of a connection.
   *
   * @param live whether the records come from its server
   */
  static LogBatch of(Handle handle, boolean live) {
    // Each server process writes in the encoding of its database. Of one that is not UTF-8 only
    // what
    // all encodings have in common is kept.
    boolean unicode =
        handle
            .createQuery("select pg_catalog.getdatabaseencoding()")
            .mapTo(String.class)
            .one()
            .equals("UTF8");
    return unicode
        ? new LogBatch(StandardCharsets.UTF_8, '\ufffd', live)
        : new LogBatch(StandardCharsets.US_ASCII, '?', live);
  }

  void add(byte[] text, int length) {
    // What is no character becomes U+FFFD; what PostgreSQL cannot store, too.
    String record = new String(text, 0, length, charset);
    records.add(record.replace('\ufffd', unknown).replace('\0', unknown));
    bytes += length;
  }

  boolean isFull() {
    return records.size() >= MOST_RECORDS || bytes >= MOST_BYTES;
  }

  /**
   * Hands them to the database, in the transaction that is open. One that it cannot record keeps no
   * other back: it counts as unreadable.
   */
  Answer send(Handle handle) {
    if (records.isEmpty()) {
      return Answer.NONE;
    }
    Answer answer = record(handle, records);
    records.clear();
    bytes = 0;
    return answer;
  }

  private Answer record(Handle handle, List<String> some) {
    handle.savepoint(SAVEPOINT);
    try {
      Answer answer = ask(handle, some);
      handle.releaseSavepoint(SAVEPOINT);
      return answer;
    } catch (JdbiException failure) {
      if (!isTheirFault(failure)) {
        throw failure;
      }
      handle.rollbackToSavepoint(SAVEPOINT);
    }
    int half = some.size() / 2;
    return half == 0
        ? new Answer(0, 0, 1)
        : record(handle, some.subList(0, half))
            .plus(record(handle, some.subList(half, some.size())));
  }

  private static boolean isTheirFault(JdbiException failure) {
    return failure.getCause() instanceof SQLException refusal
        && refusal.getSQLState() != null
        && OF_DATA.contains(refusal.getSQLState().substring(0, 2));
  }

  private Answer ask(Handle handle, List<String> some) {
    return handle
        .createQuery("select * from pgtrail.record_log(:records, :live)")
        .bindArray("records", String.class, some)
        .bind("live", live)
        .map(
            (row, context) ->
                new Answer(
                    row.getLong("recorded"), row.getLong("elsewhere"), row.getLong("unreadable")))
        .one();
  }
}
