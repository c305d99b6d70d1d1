package io.pgtrail.script;

import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ends running SQL from another thread, such as that of a signal. */
public final class Cancellation {

  private static final String CANCELED = "57014";

  /** What can be canceled. */
  public interface Running {
    void cancel() throws SQLException;
  }

  private @Nullable Running running;
  private boolean requested;

  /** Asks the server to cancel what runs, now or as soon as it begins. */
  public synchronized void cancel() {
    requested = true;
    notifyAll();
    if (running != null) {
      ask(running);
    }
  }

  /**
   * Says what is to be canceled from now on.
   *
   * @throws SQLException 57014 if that was asked for already
   */
  public synchronized void begins(Running next) throws SQLException {
    require();
    running = next;
  }

  /** Says that nothing runs any more. */
  public synchronized void ended() {
    running = null;
  }

  /**
   * Waits.
   *
   * @throws SQLException 57014 when it is canceled meanwhile
   */
  public synchronized void pause(Duration length) throws SQLException {
    long end = System.nanoTime() + length.toNanos();
    try {
      for (long left = length.toNanos(); left > 0 && !requested; left = end - System.nanoTime()) {
        wait(left / 1_000_000, (int) (left % 1_000_000));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      requested = true;
    }
    require();
  }

  private void require() throws SQLException {
    if (requested) {
      throw new SQLException("canceled before it began", CANCELED);
    }
  }

  private static void ask(Running running) {
    try {
      running.cancel();
    } catch (SQLException lost) {
      // The connection is gone, and with it what ran: executing it fails by itself.
    }
  }
}
