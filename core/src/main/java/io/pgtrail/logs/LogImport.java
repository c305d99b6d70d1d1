package io.pgtrail.logs;

import io.pgtrail.connection.SafePath;
import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.logs.LogReading.Answer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Records what a file of the log says, such as one of last year. */
public final class LogImport {

  private static final int PIECE = 1 << 20;
  private static final int GZIP_MAGIC = 0x1f;

  private final Jdbi jdbi;

  public LogImport(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Reads csvlog or jsonlog to its end, plain or compressed by gzip. What is recorded stays,
   * whatever happens afterwards: what was read before is not recorded twice.
   *
   * @param log to read; not closed
   * @param progress hears now and then what has been read so far
   * @throws PgtrailException {@code INVALID_ARGUMENT} if it is no such log or cannot be read,
   *     {@code NOT_PERMITTED} unless the role has pgtrail_admin
   */
  public LogReading read(InputStream log, Consumer<LogReading> progress) {
    try (Handle handle = jdbi.open()) {
      return read(plain(log), handle, progress);
    } catch (IOException failure) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "The log cannot be read: " + failure.getMessage(),
          "What was recorded until then stays; it may be imported again.",
          failure);
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static InputStream plain(InputStream log) throws IOException {
    BufferedInputStream beginning = new BufferedInputStream(log, PIECE);
    return first(beginning) == GZIP_MAGIC
        ? new BufferedInputStream(new GZIPInputStream(beginning, PIECE), PIECE)
        : beginning;
  }

  /** The first byte, which is read again afterwards. */
  private static int first(InputStream log) throws IOException {
    log.mark(1);
    int first = log.read();
    log.reset();
    return first;
  }

  private static LogReading read(InputStream log, Handle handle, Consumer<LogReading> progress)
      throws IOException {
    LogBatch batch = LogBatch.of(handle, false);
    RecordScanner scanner = LogFormat.beginningWith(first(log)).scanner(batch::add);
    Answer answer = send(handle, batch);
    byte[] piece = new byte[PIECE];
    for (int count = log.read(piece); count >= 0; count = log.read(piece)) {
      scanner.scan(piece, count);
      if (batch.isFull()) {
        answer = answer.plus(send(handle, batch));
      }
      progress.accept(LogReading.of(scanner, answer));
    }
    LogReading reading = LogReading.of(scanner, answer.plus(send(handle, batch)));
    if (reading.records() > 0 && reading.unreadable() == reading.records()) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "This is no csvlog or jsonlog of PostgreSQL 14 or later: no record of it can be read",
          "pgtrail logs setup shows how a server comes to write one.");
    }
    return reading;
  }

  private static Answer send(Handle handle, LogBatch batch) {
    return handle.inTransaction(
        transaction -> {
          SafePath.in(transaction);
          return batch.send(transaction);
        });
  }
}
