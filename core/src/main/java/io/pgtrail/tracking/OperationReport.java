package io.pgtrail.tracking;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a program reports of an operation that it carried out itself, as {@code
 * script_tracking.complete_script_execution()} takes it.
 *
 * @param succeeded COMPLETED or FAILED
 * @param error why it failed
 * @param errorCode SQLSTATE or exit code
 * @param durationMs in milliseconds; NULL: measured
 * @param rows how many rows it changed
 * @param created objects as schema.name
 */
public record OperationReport(
    boolean succeeded,
    @Nullable String error,
    @Nullable String errorCode,
    @Nullable Long durationMs,
    @Nullable Long rows,
    List<String> created,
    List<String> modified,
    List<String> dropped) {

  public OperationReport {
    created = List.copyOf(created);
    modified = List.copyOf(modified);
    dropped = List.copyOf(dropped);
  }
}
