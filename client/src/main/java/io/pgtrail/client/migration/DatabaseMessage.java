package io.pgtrail.client.migration;

import java.sql.SQLException;
import java.util.regex.Pattern;

/** What the database said, of an error that a driver tells. */
public final class DatabaseMessage {

  /**
   * What a driver adds, a line each, in the language of the program. Details show rows; places in a
   * text or in the server's source tell nothing without it.
   */
  private static final Pattern ADDED = Pattern.compile("\\n {2}\\p{L}[^\\n:]*: .*", Pattern.DOTALL);

  private DatabaseMessage() {}

  /** Gives the message without details; of an error without a message its class. */
  public static String of(SQLException failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getName() : ADDED.matcher(message).replaceFirst("");
  }
}
