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
 * @param object an object it touched, as schema.name; an asterisk stands for any characters
 * @param text part of name, statement, error message or an object, in any case
 * @param tenant what this tenant owns; the session acts for it, and must be allowed to
 * @param before only what comes after this place in the listing
 * @param limit at most so many, the newest; 0 for all
 */
public record HistoryFilter(
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<String> type,
    Optional<String> status,
    Optional<String> user,
    Optional<String> name,
    Optional<String> object,
    Optional<String> text,
    Optional<String> tenant,
    Optional<HistoryCursor> before,
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

  /** The same, but only what began at or after this moment. */
  public HistoryFilter withSince(Instant moment) {
    return new HistoryFilter(
        Optional.of(moment), until, type, status, user, name, object, text, tenant, before, limit);
  }

  /** The same, but only what began before this moment. */
  public HistoryFilter withUntil(Instant moment) {
    return new HistoryFilter(
        since, Optional.of(moment), type, status, user, name, object, text, tenant, before, limit);
  }

  /** The same, but only what is of this type. */
  public HistoryFilter withType(String wanted) {
    return new HistoryFilter(
        since, until, Optional.of(wanted), status, user, name, object, text, tenant, before, limit);
  }

  /** The same, but only what has this status. */
  public HistoryFilter withStatus(String wanted) {
    return new HistoryFilter(
        since, until, type, Optional.of(wanted), user, name, object, text, tenant, before, limit);
  }

  /** The same, but only what this user did, in whatever capacity. */
  public HistoryFilter withUser(String wanted) {
    return new HistoryFilter(
        since, until, type, status, Optional.of(wanted), name, object, text, tenant, before, limit);
  }

  /** The same, but only what touched this object. */
  public HistoryFilter withObject(String pattern) {
    return new HistoryFilter(
        since, until, type, status, user, name, Optional.of(pattern), text, tenant, before, limit);
  }

  /** The same, but only what has this in it. */
  public HistoryFilter withText(String part) {
    return new HistoryFilter(
        since, until, type, status, user, name, object, Optional.of(part), tenant, before, limit);
  }

  /** The same, but only what this tenant owns. */
  public HistoryFilter withTenant(String owner) {
    return new HistoryFilter(
        since, until, type, status, user, name, object, text, Optional.of(owner), before, limit);
  }

  /** The same, but the page that goes on where another ended. */
  public HistoryFilter withBefore(HistoryCursor end) {
    return new HistoryFilter(
        since, until, type, status, user, name, object, text, tenant, Optional.of(end), limit);
  }

  /** The same, but at most so many. */
  public HistoryFilter withLimit(long most) {
    return new HistoryFilter(
        since, until, type, status, user, name, object, text, tenant, before, most);
  }
}
