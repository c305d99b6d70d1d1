package io.pgtrail.server.alerts;

import org.jspecify.annotations.Nullable;

/**
 * How an attempt to deliver went.
 *
 * @param httpStatus what was answered; NULL for nothing
 * @param error why it failed; NULL if it did not
 */
record Attempt(@Nullable Integer httpStatus, @Nullable String error) {

  private static final int SUCCESS = 200;
  private static final int AFTER_SUCCESS = 300;

  static Attempt answered(int httpStatus) {
    boolean taken = httpStatus >= SUCCESS && httpStatus < AFTER_SUCCESS;
    return new Attempt(httpStatus, taken ? null : "The answer was " + httpStatus);
  }

  static Attempt failed(String error) {
    return new Attempt(null, error);
  }
}
