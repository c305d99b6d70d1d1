package io.pgtrail.reporting;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A place in the history, newest first: the operation that a page ended with. Operations begun in
 * the same microsecond are ordered by their key, so nothing is shown twice and nothing is skipped,
 * whatever is recorded between two pages.
 *
 * @param startedAt when that operation began
 * @param key its hash key in hexadecimal
 */
public record HistoryCursor(Instant startedAt, String key) {

  private static final HexFormat HEX = HexFormat.of();

  /** The place of this operation. */
  public static HistoryCursor at(Operation operation) {
    return new HistoryCursor(operation.startedAt(), operation.key());
  }

  /**
   * Reads what {@link #text()} gave.
   *
   * @throws PgtrailException {@code INVALID_ARGUMENT} if it is nothing of that kind
   */
  public static HistoryCursor parse(String text) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      if (bytes.remaining() <= Long.BYTES) {
        throw new IllegalArgumentException("too short");
      }
      Instant startedAt = Instant.EPOCH.plus(bytes.getLong(), ChronoUnit.MICROS);
      int year = startedAt.atOffset(ZoneOffset.UTC).getYear();
      if (year < 1 || year > 9999) {
        throw new IllegalArgumentException("year " + year);
      }
      byte[] key = new byte[bytes.remaining()];
      bytes.get(key);
      return new HistoryCursor(startedAt, HEX.formatHex(key));
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException unreadable) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "'" + text + "' is no cursor of a page",
          "Copy it from the end of the page before.",
          unreadable);
    }
  }

  /** An opaque word for {@link #parse}, safe in a URL and on a command line. */
  public String text() {
    byte[] keyBytes = HEX.parseHex(key);
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + keyBytes.length);
    bytes.putLong(ChronoUnit.MICROS.between(Instant.EPOCH, startedAt)).put(keyBytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }
}
