package io.pgtrail.server.security;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the cookie of a session keeps, encrypted.
 *
 * @param stamp of the account when it signed in: of another password it is another
 * @param since when it signed in
 * @param account its name
 */
record Session(String stamp, Instant since, String account) {

  private static final Pattern FORM = Pattern.compile("(\\S+) (\\d{1,15}) (.+)", Pattern.DOTALL);

  static Session of(Account account, Instant since) {
    return new Session(account.stamp(), since, account.name());
  }

  /** Reads what {@link #text()} gave; empty for what another version of the server wrote. */
  static Optional<Session> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Session(
              matcher.group(1),
              Instant.ofEpochMilli(Long.parseLong(matcher.group(2))),
              matcher.group(3)));
    } catch (DateTimeException unreadable) {
      return Optional.empty();
    }
  }

  String text() {
    return stamp + " " + since.toEpochMilli() + " " + account;
  }

  /** Whether it is one of the account as it is now. */
  boolean isOf(Account current) {
    return stamp.equals(current.stamp()) && account.equals(current.name());
  }

  /** The session as long as it may last. */
  OpenSession open(Duration age) {
    return new OpenSession(text(), since.plus(age));
  }
}
