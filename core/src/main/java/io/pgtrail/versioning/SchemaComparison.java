package io.pgtrail.versioning;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The schema of one database beside that of another, both as they are now and matched by kind and
 * name. pgtrail must be installed in both. Throws what {@link Versions} throws; of the other
 * database with its name in the message.
 */
public final class SchemaComparison {

  private final Jdbi here;
  private final Jdbi other;
  private final String otherName;

  /**
   * @param otherName what messages call the other database
   */
  public SchemaComparison(Jdbi here, Jdbi other, String otherName) {
    this.here = here;
    this.other = other;
    this.otherName = otherName;
  }

  /** What differs: before is here, after is there. Mirrors {@code pggit.diff_to()}. */
  public List<ObjectDifference> differences() {
    String state = otherState();
    try {
      return here.withHandle(
          handle ->
              handle
                  .createQuery("select * from pggit.diff_to(cast(:state as jsonb))")
                  .bind("state", state)
                  .map(Rows::difference)
                  .list());
    } catch (JdbiException failure) {
      throw VersioningFailure.explain(failure);
    }
  }

  /**
   * The DDL that makes of the schema here that of the other database. Mirrors {@code
   * pggit.plan_to()}. No step says how many rows it robs of data.
   */
  public List<PlannedStep> migration() {
    String state = otherState();
    try {
      return here.withHandle(
          handle ->
              handle
                  .createQuery(
                      """
                      select p.*, null::bigint as lost_rows
                      from pggit.plan_to(cast(:state as jsonb)) as p
                      order by p.step
                      """)
                  .bind("state", state)
                  .map(Rows::step)
                  .list());
    } catch (JdbiException failure) {
      throw VersioningFailure.explain(failure);
    }
  }

  private String otherState() {
    try {
      return other.withHandle(
          handle ->
              handle
                  .createQuery(
                      """
                      select coalesce(jsonb_agg(to_jsonb(s)), '[]')::text
                      from pggit.get_state() as s
                      """)
                  .mapTo(String.class)
                  .one());
    } catch (JdbiException failure) {
      throw VersioningFailure.explain(failure) instanceof PgtrailException known
          ? ofOther(known)
          : failure;
    }
  }

  private PgtrailException ofOther(PgtrailException failure) {
    return failure.code() == ErrorCode.NOT_INSTALLED
        ? new PgtrailException(
            ErrorCode.NOT_INSTALLED,
            "pgtrail is not installed in the other database, " + otherName + ", or too old",
            "Install it there with: pgtrail --url URL install",
            failure)
        : new PgtrailException(
            failure.code(),
            "The other database, " + otherName + ": " + failure.getMessage(),
            failure.hint().orElse(null),
            failure);
  }
}
