package io.pgtrail.script;

import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Ends a running script from another thread, such as that of a signal. */
public final class Cancellation {

  private @Nullable Statement running;
  private boolean requested;

  /** Asks the server to cancel what runs, now or as soon as it begins. */
  public synchronized void cancel() {
    requested = true;
    if (running != null) {
      ask(running);
    }
  }

  synchronized void begins(Statement statement) throws SQLException {
    if (requested) {
      throw new SQLException("canceled before it began", "57014");
    }
    running = statement;
  }

  synchronized void ended() {
    running = null;
  }

  private static void ask(Statement statement) {
    try {
      statement.cancel();
    } catch (SQLException lost) {
      // The connection is gone, and with it what ran: executing it fails by itself.
    }
  }
}
