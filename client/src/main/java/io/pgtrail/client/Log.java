package io.pgtrail.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** The log of the application, whose failures are not the application's either. */
final class Log {

  private static final Logger LOG = System.getLogger("io.pgtrail.client");

  private Log() {}

  static void info(String message) {
    tell(Level.INFO, message, null);
  }

  static void warning(String message) {
    tell(Level.WARNING, message, null);
  }

  static void warning(String message, Throwable cause) {
    tell(Level.WARNING, message, cause);
  }

  private static void tell(Level level, String message, @Nullable Throwable cause) {
    try {
      LOG.log(level, message, cause);
    } catch (RuntimeException | StackOverflowError | LinkageError broken) {
      // Where should it be told?
    }
  }
}
