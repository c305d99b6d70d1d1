package io.pgtrail.error;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** A call could not be carried out. The message says why, the hint what to do. */
public class PgtrailException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final @Nullable String hint;

  /**
   * @param hint what to do about it; NULL when the message says all
   */
  public PgtrailException(
      ErrorCode code, String message, @Nullable String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.hint = hint;
  }

  public PgtrailException(ErrorCode code, String message, @Nullable String hint) {
    this(code, message, hint, null);
  }

  /** Message and hint of the server, the code by its SQLSTATE. */
  public static PgtrailException of(SQLException cause) {
    ErrorCode code =
        Optional.ofNullable(cause.getSQLState())
            .flatMap(PgtrailException::codeOf)
            .orElse(ErrorCode.INTERNAL);
    ServerErrorMessage server =
        cause instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
    if (server == null || server.getMessage() == null) {
      return new PgtrailException(code, String.valueOf(cause.getMessage()), null, cause);
    }
    return new PgtrailException(code, server.getMessage(), server.getHint(), cause);
  }

  private static Optional<ErrorCode> codeOf(String sqlState) {
    if (sqlState.startsWith("08") || sqlState.startsWith("28") || sqlState.startsWith("57P")) {
      return Optional.of(ErrorCode.UNAVAILABLE);
    }
    return switch (sqlState) {
      // Cancelled: it took longer than allowed.
      case "3D000", "53300", "57014" -> Optional.of(ErrorCode.UNAVAILABLE);
      // Characters, moments and numbers that PostgreSQL does not have.
      case "22021", "22P05", "22008", "22003" -> Optional.of(ErrorCode.INVALID_ARGUMENT);
      case "42501" -> Optional.of(ErrorCode.NOT_PERMITTED);
      case "25006" -> Optional.of(ErrorCode.READ_ONLY);
      default -> ErrorCode.ofSqlState(sqlState);
    };
  }

  public ErrorCode code() {
    return code;
  }

  public Optional<String> hint() {
    return Optional.ofNullable(hint);
  }
}
