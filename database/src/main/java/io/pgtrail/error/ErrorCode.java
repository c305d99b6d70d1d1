package io.pgtrail.error;

import java.util.Arrays;
import java.util.Optional;

/** Everything that pgtrail refuses or cannot do, with its name for SQL, the shell and HTTP. */
public enum ErrorCode {
  /** An argument is missing, empty, too long or otherwise unusable. */
  INVALID_ARGUMENT("PT001", 2, 400),
  /** The role lacks the right. */
  NOT_PERMITTED("PT002", 4, 403),
  /** The trail is append-only. */
  APPEND_ONLY("PT003", 4, 409),
  /** The tenant is unknown, or not granted to the role. */
  TENANT_NOT_GRANTED("PT004", 4, 403),
  /** What should be created exists. */
  ALREADY_EXISTS("PT005", 4, 409),
  /** No running operation of the caller has this key. */
  NOTHING_COMPLETED("PT006", 1, 404),
  /** The transaction or the server is read-only. */
  READ_ONLY("PT007", 4, 503),
  /** DDL could not be recorded. */
  CAPTURE_FAILED("PT008", 70, 500),
  /** The database cannot take pgtrail, or not in this way. */
  INSTALL_REFUSED("PT009", 4, 409),
  /** pgtrail is not installed in the database. */
  NOT_INSTALLED("PT010", 4, 409),
  /** The database cannot be reached or does not let us in. */
  UNAVAILABLE("08001", 3, 503),
  /** An error that pgtrail does not foresee. */
  INTERNAL("XX000", 70, 500);

  private final String sqlState;
  private final int exitCode;
  private final int httpStatus;

  ErrorCode(String sqlState, int exitCode, int httpStatus) {
    this.sqlState = sqlState;
    this.exitCode = exitCode;
    this.httpStatus = httpStatus;
  }

  /** SQLSTATE under which the functions in the database raise it. */
  public String sqlState() {
    return sqlState;
  }

  /** Exit code of the command line. */
  public int exitCode() {
    return exitCode;
  }

  /** HTTP status of the REST interface. */
  public int httpStatus() {
    return httpStatus;
  }

  /** The code that a function of ours raised, if the SQLSTATE is one of ours. */
  public static Optional<ErrorCode> ofSqlState(String sqlState) {
    return Arrays.stream(values()).filter(code -> code.sqlState.equals(sqlState)).findFirst();
  }
}
