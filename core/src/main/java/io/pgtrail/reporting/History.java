package io.pgtrail.reporting;

import io.pgtrail.connection.SafePath;
import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
    read(filter, false, searched, next);
  }

  private void read(
      HistoryFilter filter,
      boolean abridged,
      Consumer<Instant> searched,
      Predicate<Operation> next) {
    try {
      // A cursor needs a transaction, and a search in several steps one snapshot.
      jdbi.useTransaction(
          TransactionIsolationLevel.REPEATABLE_READ,
          handle -> {
            SafePath.in(handle);
            Tenants.choose(handle, filter.tenant());
            boolean readsAll =
                handle.createQuery("select pgtrail.reads_all()").mapTo(Boolean.class).one();
            if (HistorySearch.suits(filter, readsAll)) {
              new HistorySearch(filter, abridged, searched).newestFirst(handle, next);
            } else {
              new HistoryQuery(filter).abridged(abridged).newestFirst(handle, filter.limit(), next);
            }
          });
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  /**
   * One page, as {@link AbridgedOperation} has it: a list need not carry whole statements.
   *
   * @param filter with a limit
   */
  public OperationPage page(HistoryFilter filter) {
    List<Operation> found = new ArrayList<>();
    // One more tells whether there is a next page.
    read(filter.withLimit(filter.limit() + 1), true, moment -> {}, found::add);
    boolean more = found.size() > filter.limit();
    List<Operation> shown =
        (more ? found.subList(0, (int) filter.limit()) : found)
            .stream().map(AbridgedOperation::of).toList();
    return new OperationPage(
        shown, more ? HistoryCursor.at(shown.get(shown.size() - 1)).text() : null);
  }

  /**
   * All versions of one operation, the oldest first.
   *
   * @param key its hash key in hexadecimal
   * @throws PgtrailException also {@code UNKNOWN_OBJECT} for one that is not there or not to be
   *     read
   */
  public List<OperationVersion> versions(String key) {
    if (!key.matches("(?:[0-9a-f]{2}){1,64}")) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT, "'" + key + "' is no key of an operation", null);
    }
    try {
      List<OperationVersion> versions =
          jdbi.withHandle(handle -> HistoryQuery.ofKeys(List.of(key)).versions(handle));
      if (versions.isEmpty()) {
        throw new PgtrailException(ErrorCode.UNKNOWN_OBJECT, "There is no operation " + key, null);
      }
      return versions;
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }
}
