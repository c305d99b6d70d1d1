package io.pgtrail.client.migration;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the database said, of an error that a driver tells. */
public final class DatabaseMessage {

  /**
   * What a driver adds, a line each, in the language of the program. Details show rows; places in a
   * text or in the server's source tell nothing without it.
   */
  private static final Pattern ADDED =
      Pattern.compile("\\n {2}\\p{L}[^\\n:：]*(?:: |：).*", Pattern.DOTALL);

  private DatabaseMessage() {}

  /** Gives the message without details; of an error without a message its class. */
  public static String of(SQLException failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getName()
        : ADDED.matcher(message).replaceFirst("");
  }

  /**
   * Gives the error of the database that an exception is or has among its causes, if it has one; of
   * a batch the one that the database told, where the driver's own has the values that were bound.
   */
  public static @Nullable SQLException within(Throwable failure) {
    // A chain of causes may be a ring.
    Throwable each = failure;
    for (int depth = 0; each != null && depth < 50; depth++) {
      if (each instanceof SQLException error) {
        return error instanceof BatchUpdateException batch && batch.getNextException() != null
            ? batch.getNextException()
            : error;
      }
      each = each.getCause();
    }
    return null;
  }
}
