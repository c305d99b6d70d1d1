package io.pgtrail.retention;

import io.pgtrail.connection.ServerFailure;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Removes old operations. Mirrors {@code script_tracking.cleanup_old_data}. */
public final class Retention {

  private final Jdbi jdbi;

  public Retention(DataSource dataSource) {
    this.jdbi = Jdbi.create(dataSource);
  }

  /**
   * Removes the finished operations that began more than so many days ago, with all versions.
   *
   * @param days 0 or more
   * @return how many operations were removed
   * @throws io.pgtrail.error.PgtrailException {@code INVALID_ARGUMENT}, {@code NOT_PERMITTED},
   *     {@code READ_ONLY}, {@code NOT_INSTALLED} or {@code UNAVAILABLE}
   */
  public int cleanup(int days) {
    try {
      return jdbi.withHandle(
          handle ->
              handle
                  .createQuery("select script_tracking.cleanup_old_data(:days)")
                  .bind("days", days)
                  .mapTo(Integer.class)
                  .one());
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }
}
