package io.pgtrail.cli;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;

/** The option {@code --limit} of listings. */
final class Limits {

  private Limits() {}

  static long require(long limit) {
    if (limit < 0) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT, "--limit " + limit + " is negative", "0 shows all.");
    }
    return limit;
  }

  /** Says to a person, not to a pipe, that there may be more. */
  static void remark(long shown, long limit, Console console) {
    if (!console.terminal().present()) {
      return;
    }
    if (shown == 0) {
      console.remark("Nothing.");
    } else if (shown == limit) {
      console.remark("The newest " + limit + "; --limit 0 shows all.");
    }
  }
}
