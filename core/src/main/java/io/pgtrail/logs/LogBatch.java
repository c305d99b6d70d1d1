package io.pgtrail.logs;

import io.pgtrail.logs.LogReading.Answer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Records that wait for the database. */
final class LogBatch {

  private static final int MOST_RECORDS = 2_000;
  private static final int MOST_BYTES = 4 << 20;

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

  /** Hands them to the database, in the transaction that is open. */
  Answer send(Handle handle) {
    if (records.isEmpty()) {
      return Answer.NONE;
    }
    Answer answer =
        handle
            .createQuery("select * from pgtrail.record_log(:records, :live)")
            .bindArray("records", String.class, records)
            .bind("live", live)
            .map(
                (row, context) ->
                    new Answer(
                        row.getLong("recorded"),
                        row.getLong("elsewhere"),
                        row.getLong("unreadable")))
            .one();
    records.clear();
    bytes = 0;
    return answer;
  }
}
