package io.pgtrail.reporting;

import io.pgtrail.connection.ServerFailure;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** The operations of the trail that the session may read, newest first. */
public final class History {

  private final Jdbi jdbi;

  public History(DataSource dataSource) {
    this.jdbi = Jdbi.create(dataSource);
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
    try {
      // A cursor needs a transaction.
      jdbi.useTransaction(
          handle -> {
            Tenants.choose(handle, filter.tenant());
            new HistoryQuery(filter).newestFirst(handle, filter.limit(), next);
          });
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }
}
