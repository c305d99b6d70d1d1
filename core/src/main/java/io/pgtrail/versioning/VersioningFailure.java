package io.pgtrail.versioning;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Translates what a server answers to the questions of this package. */
final class VersioningFailure {

  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private VersioningFailure() {}

  /**
   * As elsewhere; but who may not ask hears which role may, and the details are told: the objects
   * among which a name does not decide, the moment since which states are known.
   */
  static RuntimeException explain(JdbiException failure) {
    if (!(ServerFailure.explain(failure) instanceof PgtrailException known)) {
      return failure;
    }
    if (known.getCause() instanceof PSQLException server
        && INSUFFICIENT_PRIVILEGE.equals(server.getSQLState())) {
      return new PgtrailException(
          ErrorCode.NOT_PERMITTED,
          "This role may not read the versions of the schema: " + known.getMessage(),
          "Have an administrator grant it the role pgtrail_reader.",
          failure);
    }
    Optional<String> detail = detail(known);
    boolean told = known.code() == ErrorCode.ROLLBACK_REFUSED || detail.isEmpty();
    return told
        ? known
        : new PgtrailException(
            known.code(),
            known.getMessage() + "\n  " + detail.get(),
            known.hint().orElse(null),
            known.getCause());
  }

  /** What the server said in detail. */
  static Optional<String> detail(PgtrailException failure) {
    return failure.getCause() instanceof PSQLException server
        ? Optional.ofNullable(server.getServerErrorMessage()).map(ServerErrorMessage::getDetail)
        : Optional.empty();
  }
}
