package io.pgtrail.retention;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** A cleanup that has begun; its operation in the trail says how far it is. */
final class Cleanup {

  /** Why it ended when somebody stopped it. */
  static final String INTERRUPTED = "Interrupted: the rest is still in the trail";

  private static final int LINES_PER_FETCH = 50;

  private final Handle handle;
  private final byte[] key;

  private Cleanup(Handle handle, byte[] key) {
    this.handle = handle;
    this.key = key;
  }

  /**
   * How far it is after a batch.
   *
   * @param operations removed since it began
   * @param versions removed since it began
   * @param reached everything that began before it is done with
   */
  record Batch(long operations, long versions, Instant reached, boolean finished) {}

  /** Takes a line of an archive. */
  @FunctionalInterface
  interface LineWriter {
    void write(String line) throws IOException;
  }

  /** Records that it begins, committed. */
  static Cleanup start(Handle handle, int days, @Nullable String archiveFile) {
    byte[] key =
        handle
            .createQuery(
                """
                select pgtrail.start_cleanup(
                    :days, jsonb_strip_nulls(jsonb_build_object('archive_file', :file::text)))
                """)
            .bind("days", days)
            .bind("file", archiveFile)
            .mapTo(byte[].class)
            .one();
    return new Cleanup(handle, key);
  }

  /** The same for what the setting {@code retention_days} no longer keeps; empty for nothing. */
  static Optional<Cleanup> startBySetting(Handle handle) {
    return handle
        .createQuery("select pgtrail.start_retention()")
        .mapTo(byte[].class)
        .findOne()
        .map(key -> new Cleanup(handle, key));
  }

  /** First line of its archive. */
  String header(String productVersion) {
    return handle
        .createQuery(
            """
            select row_to_json(h)::text
            from (
                select 1 as pgtrail_archive, :version as product, current_database() as "database",
                    encode(s.script_execution_hk, 'hex') as cleanup,
                    to_char((s.metadata ->> 'before')::timestamptz at time zone 'UTC',
                        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as before,
                    to_char(s.execution_timestamp at time zone 'UTC',
                        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as started
                from script_tracking.script_execution_s as s
                where s.script_execution_hk = :key
            ) as h
            """)
        .bind("version", productVersion)
        .bind("key", key)
        .mapTo(String.class)
        .one();
  }

  /** Removes the next batch, for the caller to commit. */
  Batch removeBatch() {
    return handle
        .createQuery("select * from pgtrail.cleanup_batch(:key)")
        .bind("key", key)
        .map(Cleanup::batch)
        .one();
  }

  /** Removes the next batch and hands out its versions, for the caller to commit. */
  Batch archiveBatch(LineWriter lines) throws IOException {
    try (Query query = handle.createQuery("select * from pgtrail.archive_batch(:key)")) {
      query.setFetchSize(LINES_PER_FETCH).bind("key", key);
      try (Stream<Row> stream = query.map(Cleanup::row).stream()) {
        Iterator<Row> rows = stream.iterator();
        while (rows.hasNext()) {
          Row row = rows.next();
          if (row.batch().isPresent()) {
            return row.batch().get();
          }
          lines.write(row.line());
        }
      }
    }
    throw new IllegalStateException("the batch has no last row");
  }

  /** Records the end, for the caller to commit. */
  void finish(boolean succeeded, @Nullable String error, @Nullable String sha256) {
    handle
        .createQuery(
            """
            select pgtrail.finish_operation(
                :key, :status, null, :error, null,
                jsonb_strip_nulls(jsonb_build_object('archive_sha256', :sha256::text)))
            """)
        .bind("key", key)
        .bind("status", succeeded ? "COMPLETED" : "FAILED")
        .bind("error", error)
        .bind("sha256", sha256)
        .mapTo(Boolean.class)
        .one();
  }

  /** Records why it failed, as well as that is possible; else it is closed as abandoned one day. */
  void fail(String why) {
    try {
      finish(false, why, null);
    } catch (JdbiException unreachable) {
      // What made it fail is what the caller wants to know.
    }
  }

  private record Row(String line, Optional<Batch> batch) {}

  private static Row row(ResultSet row, StatementContext context) throws SQLException {
    String line = row.getString("line");
    return line == null
        ? new Row("", Optional.of(batch(row, context)))
        : new Row(line, Optional.empty());
  }

  private static Batch batch(ResultSet row, StatementContext context) throws SQLException {
    return new Batch(
        row.getLong("operations_removed"),
        row.getLong("versions_removed"),
        row.getObject("reached", OffsetDateTime.class).toInstant(),
        row.getBoolean("finished"));
  }
}
