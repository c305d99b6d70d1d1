package io.pgtrail.server.targets;

import io.pgtrail.connection.ConnectionSettings;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.quarkus.logging.Log;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a database answers. While it does not, nobody waits for it: only from time to time, ever
 * more rarely, somebody tries again.
 */
public final class Availability {

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** What was wrong last. */
  private record Outage(Instant since, Instant nextTry, Duration pause, PgtrailException reason) {

    Outage again(Instant now, PgtrailException failure) {
      Duration longer = pause.multipliedBy(2);
      Duration next = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
      return new Outage(since, now.plus(next), next, failure);
    }
  }

  /** Opens a connection. */
  @FunctionalInterface
  interface Opening {
    Connection open() throws SQLException;
  }

  private final Clock clock;
  private volatile @Nullable Outage outage;

  Availability(Clock clock) {
    this.clock = clock;
  }

  /** Whether it answered last. */
  public boolean isUp() {
    return outage == null;
  }

  /** Since when it does not answer. */
  public Optional<Instant> downSince() {
    return Optional.ofNullable(outage).map(Outage::since);
  }

  /** Why it does not answer. */
  public Optional<String> reason() {
    return Optional.ofNullable(outage).map(last -> String.valueOf(last.reason().getMessage()));
  }

  /**
   * Opens a connection, or fails at once while it is not time to try again.
   *
   * @throws PgtrailException {@code UNAVAILABLE} or what else the database answered
   */
  Connection guard(ConnectionSettings settings, Opening opening) {
    Outage last = outage;
    if (last != null && clock.instant().isBefore(last.nextTry())) {
      throw new PgtrailException(
          ErrorCode.UNAVAILABLE,
          last.reason().getMessage() + " (since " + last.since() + ")",
          "The server tries again at " + last.nextTry() + ".",
          last.reason());
    }
    return attempt(settings, opening);
  }

  /** Tries again when it is time to; as long as the database answers, does nothing. */
  void probe(ConnectionSettings settings, Opening opening) {
    Outage last = outage;
    if (last == null || clock.instant().isBefore(last.nextTry())) {
      return;
    }
    try {
      attempt(settings, opening).close();
    } catch (PgtrailException | SQLException failure) {
      // It is remembered, and told to whoever asks.
      Log.debugf("%s: %s", settings.server(), failure.getMessage());
    }
  }

  private Connection attempt(ConnectionSettings settings, Opening opening) {
    try {
      Connection connection = opening.open();
      outage = null;
      return connection;
    } catch (SQLTransientConnectionException busy) {
      if (busy.getCause() == null) {
        throw new PgtrailException(
            ErrorCode.UNAVAILABLE,
            "All connections to " + settings.server() + " are in use",
            "Try again, or give the target more connections.",
            busy);
      }
      throw failed(explain(settings, busy));
    } catch (SQLException failure) {
      throw failed(explain(settings, failure));
    }
  }

  private synchronized PgtrailException failed(PgtrailException failure) {
    Instant now = clock.instant();
    Outage last = outage;
    // Those who failed together failed once.
    if (last != null && now.isBefore(last.nextTry())) {
      return failure;
    }
    if (last == null) {
      // Once, not for everybody who asks meanwhile.
      Log.warn(failure.getMessage());
    }
    outage =
        last == null
            ? new Outage(now, now.plus(FIRST_PAUSE), FIRST_PAUSE, failure)
            : last.again(now, failure);
    return failure;
  }

  /** A pool wraps what its connections say. */
  private static PgtrailException explain(ConnectionSettings settings, SQLException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PgtrailException known) {
        return known;
      }
    }
    return new PgtrailException(
        ErrorCode.UNAVAILABLE,
        settings.server() + " does not answer: " + failure.getMessage(),
        null,
        failure);
  }
}
