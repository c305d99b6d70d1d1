package io.pgtrail.reporting;

import io.pgtrail.connection.ServerFailure;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Every committed version that the session may read, once and each operation's in order. Mirrors
 * {@code pgtrail.read_versions()}. What is written while an older transaction is open comes when
 * that has ended. All throw {@code PgtrailException} with {@code NOT_INSTALLED} or {@code
 * UNAVAILABLE}.
 */
public final class Feed {

  /** A version and its place, from where one reads on. */
  public record Entry(FeedPlace place, Operation operation) {}

  private final Jdbi jdbi;

  public Feed(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Where only what is yet to come comes after. */
  public FeedPlace end() {
    try {
      return jdbi.withHandle(
          handle ->
              new FeedPlace(
                  handle
                      .createQuery("select pgtrail.feed_horizon()::text::bigint")
                      .mapTo(Long.class)
                      .one(),
                  "",
                  0));
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  /** What comes after a place, at most so many. */
  public List<Entry> after(FeedPlace place, int most) {
    try {
      return jdbi.withHandle(handle -> HistoryQuery.feed(handle, place, most));
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }
}
