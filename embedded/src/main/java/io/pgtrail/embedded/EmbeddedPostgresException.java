package io.pgtrail.embedded;

import org.jspecify.annotations.Nullable;

/** The server could not be started or stopped; the message says why and what to do about it. */
public final class EmbeddedPostgresException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  EmbeddedPostgresException(String message) {
    this(message, null);
  }

  EmbeddedPostgresException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
