package io.pgtrail.migration;

import io.pgtrail.script.ScriptFailure;
import org.jspecify.annotations.Nullable;

/**
 * Why migrating ended early.
 *
 * @param script the file that failed; NULL when it was none
 * @param cause what was said, and on which line of the file
 * @param statement the beginning of what failed; NULL when it was no statement
 * @param kept what became of what the migration had done until then; NULL when it had not begun
 */
public record MigrationFailure(
    @Nullable String script,
    ScriptFailure cause,
    @Nullable String statement,
    @Nullable String kept) {

  /** Whether the connection was lost, so that nobody knows more. */
  public boolean connectionLost() {
    return isLoss(cause);
  }

  static boolean isLoss(ScriptFailure cause) {
    return cause.sqlState().startsWith("08") || cause.sqlState().startsWith("57P");
  }
}
