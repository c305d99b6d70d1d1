package io.pgtrail.versioning;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import org.jdbi.v3.core.JdbiException;

/** Translates what a server answers to the questions of this package. */
final class VersioningFailure {

  private VersioningFailure() {}

  /** As elsewhere; who may not ask hears which role may. */
  static RuntimeException explain(JdbiException failure) {
    RuntimeException explained = ServerFailure.explain(failure);
    if (explained instanceof PgtrailException known
        && known.code() == ErrorCode.NOT_PERMITTED
        && known.hint().isEmpty()) {
      return new PgtrailException(
          ErrorCode.NOT_PERMITTED,
          "This role may not read the versions of the schema: " + known.getMessage(),
          "Have an administrator grant it the role pgtrail_reader.",
          failure);
    }
    return explained;
  }
}
