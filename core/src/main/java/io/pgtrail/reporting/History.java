package io.pgtrail.reporting;

import io.pgtrail.connection.ServerFailure;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** The operations of the trail that the session may read, newest first. */
public final class History {

  private final Jdbi jdbi;

  public History(DataSource dataSource) {
    this(Jdbi.create(dataSource));
  }

  public History(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Hands over the operations one by one, in constant memory however many there are. The next page
   * is read with {@link HistoryFilter#withBefore} and the place of the last one.
   *
   * @param next gets each operation; false stops the reading
   * @throws io.pgtrail.error.PgtrailException {@code NOT_INSTALLED}, {@code NOT_PERMITTED}, {@code
   *     TENANT_NOT_GRANTED} or {@code UNAVAILABLE}
   */
  public void read(HistoryFilter filter, Predicate<Operation> next) {
    read(filter, moment -> {}, next);
  }

  /**
   * The same, and tells how far back the search for the next one is when it takes long.
   *
   * @param searched gets the moment down to which everything was searched
   */
  public void read(HistoryFilter filter, Consumer<Instant> searched, Predicate<Operation> next) {
    try {
      // A cursor needs a transaction, and a search in several steps one snapshot.
      jdbi.useTransaction(
          TransactionIsolationLevel.REPEATABLE_READ,
          handle -> {
            Tenants.choose(handle, filter.tenant());
            boolean readsAll =
                handle.createQuery("select pgtrail.reads_all()").mapTo(Boolean.class).one();
            if (HistorySearch.suits(filter, readsAll)) {
              new HistorySearch(filter, searched).newestFirst(handle, next);
            } else {
              new HistoryQuery(filter).newestFirst(handle, filter.limit(), next);
            }
          });
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }
}
