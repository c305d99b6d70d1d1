package io.pgtrail.logs;

import io.pgtrail.connection.SafePath;
import io.pgtrail.connection.ServerFailure;
import io.pgtrail.logs.LogReading.Answer;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Records what is new in the log of the server that a connection leads to. How far it has read is
 * kept in the database, in the transaction that records: wherever it is interrupted, it goes on
 * there.
 */
public final class LogFollower {

  private static final int PIECE = 1 << 20;

  /** So much is not read again after an interruption, though nothing in it may matter. */
  private static final long LONGEST_UNNOTED = 64L << 20;

  private final Handle handle;

  /**
   * @param handle commits each statement by itself; of a member of pgtrail_server or pgtrail_admin
   */
  public LogFollower(Handle handle) {
    this.handle = handle;
  }

  /** A file of the log, with where its news begin and end. */
  private record News(String file, long begins, long ends) {}

  /** A format of the log, or what forbids reading it. */
  private record Source(Optional<String> format, Optional<String> problem) {}

  /**
   * Reads what is new.
   *
   * @return what was read, in words; or why the log cannot be read
   * @throws io.pgtrail.error.PgtrailException {@code NOT_PERMITTED}, {@code NOT_INSTALLED}, {@code
   *     READ_ONLY} or {@code UNAVAILABLE}
   */
  public String catchUp() {
    try {
      Source source = source();
      return source.problem().isPresent()
          ? source.problem().get() + ": pgtrail logs setup"
          : read(LogFormat.named(source.format().orElse(""))).inWords();
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private Source source() {
    return handle
        .createQuery("select format, problem from pgtrail.log_source()")
        .map(
            (row, context) ->
                new Source(
                    Optional.ofNullable(row.getString("format")),
                    Optional.ofNullable(row.getString("problem"))))
        .one();
  }

  private LogReading read(LogFormat format) {
    List<News> all =
        handle
            .createQuery("select file, begins, ends from pgtrail.unread_log_files()")
            .map(
                (row, context) ->
                    new News(row.getString("file"), row.getLong("begins"), row.getLong("ends")))
            .list();
    LogReading reading = LogReading.NOTHING;
    for (News news : all) {
      reading = reading.plus(read(format, news));
    }
    return reading;
  }

  private LogReading read(LogFormat format, News news) {
    LogBatch batch = LogBatch.of(handle, true);
    RecordScanner scanner = format.scanner(batch::add);
    Answer answer = Answer.NONE;
    long place = news.begins();
    long noted = place;
    while (place < news.ends() && !scanner.isDamaged()) {
      Optional<byte[]> piece =
          piece(news.file(), place, Math.min(PIECE, news.ends() - place))
              .filter(bytes -> bytes.length > 0);
      if (piece.isEmpty()) {
        // It was removed, or cut off, while we read it.
        break;
      }
      scanner.scan(piece.get(), piece.get().length);
      place += piece.get().length;
      if (batch.isFull() || place - noted >= LONGEST_UNNOTED) {
        answer = answer.plus(send(batch, scanner, news));
        noted = place;
      }
    }
    return LogReading.of(scanner, answer.plus(send(batch, scanner, news)));
  }

  private Optional<byte[]> piece(String file, long from, long bytes) {
    return Optional.ofNullable(
        handle
            .createQuery("select pgtrail.read_log(:file, :from, :bytes)")
            .bind("file", file)
            .bind("from", from)
            .bind("bytes", bytes)
            .map((row, context) -> row.getBytes(1))
            .list()
            .get(0));
  }

  private Answer send(LogBatch batch, RecordScanner scanner, News news) {
    if (scanner.position() == 0 && !scanner.isDamaged()) {
      return Answer.NONE;
    }
    return handle.inTransaction(
        transaction -> {
          SafePath.in(transaction);
          Answer answer = batch.send(transaction);
          transaction
              .createQuery("select pgtrail.note_log_position(:file, :position, :damaged)")
              .bind("file", news.file())
              .bind("position", news.begins() + scanner.position())
              .bind("damaged", scanner.isDamaged())
              .mapTo(String.class)
              .list();
          return answer;
        });
  }
}
