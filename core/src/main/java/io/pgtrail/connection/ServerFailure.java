package io.pgtrail.connection;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;

/** Translates what a server answers to a query of ours. */
public final class ServerFailure {

  /** Undefined function, table and schema. */
  private static final Set<String> UNDEFINED = Set.of("42883", "42P01", "3F000");

  private static final Set<String> OURS = Set.of("script_tracking", "pggit", "pgtrail");

  private ServerFailure() {}

  /** {@code NOT_INSTALLED} when one of our own objects is missing, else as the SQLSTATE says. */
  public static PgtrailException explain(SQLException failure) {
    String message = Objects.toString(failure.getMessage(), "");
    if (UNDEFINED.contains(Objects.toString(failure.getSQLState(), ""))
        && OURS.stream().anyMatch(message::contains)) {
      return new PgtrailException(
          ErrorCode.NOT_INSTALLED,
          "pgtrail is not installed in this database",
          "Install it with: pgtrail install",
          failure);
    }
    return PgtrailException.of(failure);
  }

  /** The same for an exception that wraps the answer of the server. */
  public static RuntimeException explain(RuntimeException wrapper) {
    for (Throwable cause = wrapper; cause != null; cause = cause.getCause()) {
      if (cause instanceof PgtrailException explained) {
        return explained;
      }
      if (cause instanceof SQLException failure) {
        return explain(failure);
      }
    }
    return wrapper;
  }
}
