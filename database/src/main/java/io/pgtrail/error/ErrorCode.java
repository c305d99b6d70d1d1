package io.pgtrail.error;

import java.util.Arrays;
import java.util.Optional;

/** Everything that pgtrail refuses or cannot do, with its name for SQL, the shell and HTTP. */
public enum ErrorCode {
  INVALID_ARGUMENT(
      "PT001", 2, 400, "An argument is missing, empty, too long or otherwise unusable."),
  NOT_PERMITTED("PT002", 4, 403, "The role lacks the right."),
  APPEND_ONLY("PT003", 4, 409, "The trail is append-only."),
  TENANT_NOT_GRANTED("PT004", 4, 403, "The tenant is unknown, or not granted to the role."),
  ALREADY_EXISTS("PT005", 4, 409, "What should be created exists."),
  NOTHING_COMPLETED("PT006", 1, 404, "No running operation of the caller has this key."),
  READ_ONLY("PT007", 4, 503, "The transaction or the server is read-only."),
  CAPTURE_FAILED("PT008", 70, 500, "DDL could not be recorded."),
  INSTALL_REFUSED("PT009", 4, 409, "The database cannot take pgtrail, or not in this way."),
  NOT_INSTALLED("PT010", 4, 409, "pgtrail is not installed in the database."),
  ARCHIVE_FAILED(
      "PT011",
      1,
      500,
      "The archive of a cleanup cannot be written; what is not in it is still in the trail."),
  UNKNOWN_OBJECT("PT012", 1, 404, "No versioned object, version or commit has this name."),
  STATE_UNKNOWN("PT013", 1, 404, "The state of the schema at that moment is not known."),
  ROLLBACK_REFUSED(
      "PT014",
      4,
      409,
      "A rollback would lose data, cannot be carried out or did not lead to the promised schema;"
          + " nothing was changed."),
  KEY_REUSED("PT015", 4, 422, "An idempotency key was used before for another request."),
  NOT_SIGNED_IN("PT016", 4, 401, "Nobody is signed in, or the token is not valid."),
  TOO_MANY_REQUESTS(
      "PT017", 4, 429, "Too many requests of one account or address in a short time."),
  MIGRATIONS_DIFFER(
      "PT020",
      1,
      409,
      "Migrations that were run have changed, are missing or failed half-way, or an earlier one"
          + " was added; nothing was migrated."),
  NO_MIGRATION_HISTORY(
      "PT021",
      4,
      409,
      "The schema has tables and no history of migrations, and no baseline was given; nothing was"
          + " migrated."),
  SIGN_IN_REFUSED(
      "PT027",
      4,
      401,
      "The e-mail address or the password of a user is wrong, or it must wait after failed attempts."),
  PGCRYPTO_MISSING(
      "PT028", 4, 503, "The extension pgcrypto, which hashes passwords of users, cannot be used."),
  MIGRATION_REFUSED(
      "PT029",
      4,
      409,
      "A migration file is not where it may be, cannot be run, or is another now."),
  UNAVAILABLE("08001", 3, 503, "The database cannot be reached or does not let us in."),
  INTERNAL("XX000", 70, 500, "An error that pgtrail does not foresee.");

  private final String sqlState;
  private final int exitCode;
  private final int httpStatus;
  private final String meaning;

  ErrorCode(String sqlState, int exitCode, int httpStatus, String meaning) {
    this.sqlState = sqlState;
    this.exitCode = exitCode;
    this.httpStatus = httpStatus;
    this.meaning = meaning;
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

  /** What it means, in a sentence. */
  public String meaning() {
    return meaning;
  }

  /** The code that a function of ours raised, if the SQLSTATE is one of ours. */
  public static Optional<ErrorCode> ofSqlState(String sqlState) {
    return Arrays.stream(values()).filter(code -> code.sqlState.equals(sqlState)).findFirst();
  }
}
