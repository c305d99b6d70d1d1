package io.pgtrail.client;

import io.pgtrail.client.migration.DatabaseMessage;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Renders what applications hand over, whatever it does when it is asked for its text. */
final class Values {

  private static final int LONGEST_VALUE = 100_000;

  private Values() {}

  /** Gives a value as JSON. */
  static String json(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    try {
      Json.write(out, value, LONGEST_VALUE);
    } catch (RuntimeException | StackOverflowError | LinkageError unprintable) {
      return unprintable(value);
    }
    return out.length() <= LONGEST_VALUE ? out.toString() : shortened(out.toString());
  }

  private static String unprintable(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    String type = value == null ? "null" : value.getClass().getName();
    Json.writeString(out, "cannot be printed: " + type);
    return out.toString();
  }

  /** As a text, since part of a document is no document. */
  private static String shortened(String json) {
    StringBuilder out = new StringBuilder();
    Json.writeString(out, beginning(json, LONGEST_VALUE) + "…");
    return out.toString();
  }

  /**
   * Gives the class and message of an exception. Of an error of the database, what that said; of
   * one that has such an error among its causes its class and that, since it may repeat its
   * details.
   */
  static String text(Throwable cause) {
    try {
      SQLException said = DatabaseMessage.within(cause);
      if (said == null) {
        return Objects.requireNonNull(cause.toString());
      }
      String message = DatabaseMessage.of(said);
      return cause instanceof SQLException ? message : cause.getClass().getName() + ": " + message;
    } catch (RuntimeException | StackOverflowError | LinkageError unprintable) {
      return cause.getClass().getName();
    }
  }

  /** Gives the SQLSTATE of an exception or its causes. */
  static @Nullable String sqlState(Throwable cause) {
    try {
      // A chain of causes may be a ring.
      Throwable each = cause;
      for (int depth = 0; each != null && depth < 50; depth++) {
        if (each instanceof SQLException failure && failure.getSQLState() != null) {
          return failure.getSQLState();
        }
        each = each.getCause();
      }
    } catch (RuntimeException | StackOverflowError | LinkageError unknown) {
      // As if it had none.
    }
    return null;
  }

  /** Gives at most so many characters, and no half of a surrogate pair. */
  static String beginning(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    boolean splits = Character.isHighSurrogate(text.charAt(longest - 1));
    return text.substring(0, splits ? longest - 1 : longest);
  }
}
