package io.pgtrail.cli;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.HistoryFilter;

/** The options {@code --limit} and {@code --before} of listings. */
final class Limits {

  private Limits() {}

  static long require(long limit) {
    if (limit < 0) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT, "--limit " + limit + " is negative", "0 shows all.");
    }
    // One more is read, to know whether there is another page.
    return limit == Long.MAX_VALUE ? 0 : limit;
  }

  /** What is new is on no page. */
  static void refusePages(HistoryFilter filter) {
    if (filter.before().isPresent()) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "--before and --watch exclude each other",
          "Read the pages without --watch.");
    }
  }
}
