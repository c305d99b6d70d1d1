package io.pgtrail.reporting;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in the feed of versions: everything up to and with this version has been read.
 *
 * @param transaction place of the transaction that wrote it
 * @param key hash key of the operation in hexadecimal
 * @param version of the operation
 */
public record FeedPlace(long transaction, String key, long version)
    implements Comparable<FeedPlace> {

  private static final Comparator<FeedPlace> ORDER =
      Comparator.comparingLong(FeedPlace::transaction)
          .thenComparing(FeedPlace::key)
          .thenComparingLong(FeedPlace::version);
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,18})\\.((?:[0-9a-f]{2}){0,64})\\.(\\d{1,18})");

  /**
   * Reads what {@link #text()} gave.
   *
   * @throws PgtrailException {@code INVALID_ARGUMENT} if it is nothing of that kind
   */
  public static FeedPlace parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT, "'" + text + "' is no place in the feed", null);
    }
    return new FeedPlace(
        Long.parseLong(matcher.group(1)), matcher.group(2), Long.parseLong(matcher.group(3)));
  }

  /** In the order of the feed. */
  @Override
  public int compareTo(FeedPlace other) {
    return ORDER.compare(this, other);
  }

  /** A word for {@link #parse}. */
  public String text() {
    return transaction + "." + key + "." + version;
  }
}
