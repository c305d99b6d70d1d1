package io.pgtrail.script;

import org.jspecify.annotations.Nullable;

/**
 * Why a script failed; nothing of it was kept.
 *
 * @param sqlState the server's code
 * @param message what the server said, with its detail
 * @param hint what to do
 * @param line where in the script, from 1; 0 when the server does not say
 */
public record ScriptFailure(String sqlState, String message, @Nullable String hint, int line) {

  /** All of it in one line. */
  public String summary() {
    return sqlState + ": " + message + (line == 0 ? "" : " (line " + line + ")");
  }
}
