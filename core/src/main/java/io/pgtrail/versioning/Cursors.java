package io.pgtrail.versioning;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Places in lists as opaque words, safe in a URL. */
final class Cursors {

  /** No name in PostgreSQL has it. */
  private static final String BETWEEN = "\0";

  private Cursors() {}

  static String text(String... parts) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.join(BETWEEN, parts).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads what {@link #text} gave.
   *
   * @throws IllegalArgumentException if it is nothing of that kind
   */
  static List<String> parts(String text, int number) {
    String all = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    List<String> parts = List.of(all.split(BETWEEN, -1));
    if (parts.size() != number) {
      throw new IllegalArgumentException(parts.size() + " parts");
    }
    return parts;
  }

  static PgtrailException unreadable(String text, RuntimeException cause) {
    return new PgtrailException(
        ErrorCode.INVALID_ARGUMENT,
        "'" + text + "' is no cursor of a page",
        "Copy it from the end of the page before.",
        cause);
  }
}
