package io.pgtrail.reporting;

import io.pgtrail.connection.SafePath;
import io.pgtrail.connection.ServerFailure;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/**
 * Every committed version that the session may read, once and each operation's in order. Mirrors
 * {@code pgtrail.read_versions()}. What is written while an older transaction is open comes when
 * that has ended. All throw {@code PgtrailException} with {@code NOT_INSTALLED} or {@code
 * UNAVAILABLE}.
 */
public final class Feed {

  /** A version, its long texts abridged as in a list, and its place, from where one reads on. */
  public record Entry(FeedPlace place, Operation operation) {}

  /**
   * A piece of the feed.
   *
   * @param reached from where one reads on
   */
  public record Stretch(List<Entry> entries, FeedPlace reached) {

    public Stretch {
      entries = List.copyOf(entries);
    }
  }

  private final Jdbi jdbi;

  public Feed(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Where only what is yet to come comes after. */
  public FeedPlace end() {
    try {
      return jdbi.withHandle(Feed::end);
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  /** What comes after a place, at most so many. */
  public Stretch after(FeedPlace place, int most) {
    try {
      // One snapshot for the end of the feed and for what is before it.
      return jdbi.inTransaction(
          TransactionIsolationLevel.REPEATABLE_READ,
          handle -> {
            SafePath.in(handle);
            FeedPlace end = end(handle);
            List<Entry> entries = HistoryQuery.feed(handle, place, most);
            return new Stretch(entries, reached(place, entries, most, end));
          });
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  /** What the session may not read is read past, too, else it would be searched again and again. */
  private static FeedPlace reached(FeedPlace from, List<Entry> entries, int most, FeedPlace end) {
    if (entries.size() == most) {
      return entries.get(entries.size() - 1).place();
    }
    return end.transaction() > from.transaction() ? end : from;
  }

  private static FeedPlace end(Handle handle) {
    return new FeedPlace(
        handle.createQuery("select pgtrail.feed_horizon()::text::bigint").mapTo(Long.class).one(),
        "",
        0);
  }
}
