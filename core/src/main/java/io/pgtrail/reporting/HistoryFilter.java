package io.pgtrail.reporting;

import java.time.Instant;
import java.util.Optional;

/**
 * Which operations to show; an empty condition lets all through.
 *
 * @param since begun at or after this moment
 * @param until begun before this moment
 * @param type exactly this type, in any case
 * @param status exactly this status, in any case
 * @param user session user, effective role or user of the application
 * @param name part of the name, in any case
 * @param text part of name, statement, error message or an object, in any case
 * @param limit at most so many, the newest; 0 for all
 */
public record HistoryFilter(
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<String> type,
    Optional<String> status,
    Optional<String> user,
    Optional<String> name,
    Optional<String> text,
    long limit) {

  /** Everything. */
  public static HistoryFilter all() {
    return new HistoryFilter(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0);
  }

  public HistoryFilter {
    if (limit < 0) {
      throw new IllegalArgumentException("A limit is 0 (none) or more: " + limit);
    }
  }

  /** The same, but only what has this status. */
  public HistoryFilter withStatus(String wanted) {
    return new HistoryFilter(since, until, type, Optional.of(wanted), user, name, text, limit);
  }
}
