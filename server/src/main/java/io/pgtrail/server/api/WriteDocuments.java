package io.pgtrail.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.tracking.OperationReport;
import io.pgtrail.tracking.Written;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What programs send to record operations, and what they are answered. */
final class WriteDocuments {

  private WriteDocuments() {}

  /**
   * An operation that begins.
   *
   * @param name 1 to 255 characters
   * @param type 1 to 50 characters; MANUAL if none is given
   * @param statement what is executed; secrets in it are redacted
   * @param metadata anything else
   * @param tenant whose operation it is; the one of the account if none is given
   */
  public record Start(
      @Schema(required = true) @Nullable String name,
      @Nullable String type,
      @Nullable String statement,
      @Schema(implementation = Object.class) @Nullable JsonNode metadata,
      @Nullable String tenant) {}

  /**
   * How an operation ended.
   *
   * @param error why it failed
   * @param errorCode SQLSTATE or exit code
   * @param durationMs measured if none is given
   * @param rows how many it changed
   * @param created objects, as schema.name
   */
  public record End(
      @Schema(required = true) @Nullable Boolean succeeded,
      @Nullable String error,
      @Nullable String errorCode,
      @Nullable Long durationMs,
      @Nullable Long rows,
      List<String> created,
      List<String> modified,
      List<String> dropped) {

    public End {
      created = given(created);
      modified = given(modified);
      dropped = given(dropped);
    }

    private static List<String> given(@Nullable List<String> objects) {
      return objects == null
          ? List.of()
          : objects.stream().map(object -> Objects.requireNonNullElse(object, "")).toList();
    }

    OperationReport report() {
      if (succeeded == null) {
        throw new PgtrailException(
            ErrorCode.INVALID_ARGUMENT, "It is not said whether the operation succeeded", null);
      }
      return new OperationReport(
          succeeded, error, errorCode, durationMs, rows, created(), modified(), dropped());
    }
  }

  /**
   * What else is known of an operation.
   *
   * @param metadata merged into what is there
   * @param error replaces the error message
   * @param tenant whose operation it is; the one of the account if none is given
   */
  public record Annotation(
      @Schema(implementation = Object.class) @Nullable JsonNode metadata,
      @Nullable String error,
      @Nullable String tenant) {}

  /**
   * What became of it.
   *
   * @param key of the operation
   */
  public record Answer(String key, String status) {

    static Answer of(Written written) {
      return new Answer(written.key(), written.status());
    }
  }

  static @Nullable String text(@Nullable JsonNode json) {
    return json == null || json.isNull() ? null : json.toString();
  }
}
