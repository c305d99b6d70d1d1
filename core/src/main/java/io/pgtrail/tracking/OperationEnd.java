package io.pgtrail.tracking;

import org.jspecify.annotations.Nullable;

/**
 * How an operation ended.
 *
 * @param succeeded COMPLETED or FAILED
 * @param error why it failed
 * @param errorCode SQLSTATE or exit code
 * @param rows how many rows it changed
 */
public record OperationEnd(
    boolean succeeded, @Nullable String error, @Nullable String errorCode, @Nullable Long rows) {

  /** It did what it should. */
  public static OperationEnd success() {
    return new OperationEnd(true, null, null, null);
  }

  /** It failed. */
  public static OperationEnd failure(String error, String errorCode) {
    return new OperationEnd(false, error, errorCode, null);
  }
}
