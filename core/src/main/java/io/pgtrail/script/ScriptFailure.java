package io.pgtrail.script;

import io.pgtrail.error.PgtrailException;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Why a script failed.
 *
 * @param sqlState the server's code
 * @param message what the server said, with its detail
 * @param hint what to do
 * @param line where in the script, from 1; 0 when the server does not say
 */
public record ScriptFailure(String sqlState, String message, @Nullable String hint, int line) {

  /**
   * What the server said of a text.
   *
   * @param text what it was sent
   */
  public static ScriptFailure of(SQLException failure, String text) {
    ServerErrorMessage server = server(failure);
    String state = Objects.toString(failure.getSQLState(), "XX000");
    if (server == null) {
      return new ScriptFailure(state, Objects.toString(failure.getMessage(), ""), null, 0);
    }
    String message = Objects.toString(server.getMessage(), "");
    return new ScriptFailure(
        state,
        server.getDetail() == null ? message : message + ". " + server.getDetail(),
        server.getHint(),
        server.getPosition() == 0 ? 0 : SqlScript.lineOf(text, offset(text, server.getPosition())));
  }

  /** What pgtrail itself refuses. */
  public static ScriptFailure of(PgtrailException refusal) {
    return new ScriptFailure(
        refusal.code().sqlState(),
        String.valueOf(refusal.getMessage()),
        refusal.hint().orElse(null),
        0);
  }

  private static @Nullable ServerErrorMessage server(SQLException failure) {
    return failure instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
  }

  /** The server counts characters from 1, Java counts halves of those beyond the basic plane. */
  private static int offset(String text, int position) {
    int characters = Math.min(position - 1, text.codePointCount(0, text.length()));
    return text.offsetByCodePoints(0, characters);
  }

  /** The same with another hint. */
  public ScriptFailure withHint(@Nullable String other) {
    return new ScriptFailure(sqlState, message, other, line);
  }

  /** The same on another line. */
  public ScriptFailure onLine(int other) {
    return new ScriptFailure(sqlState, message, hint, other);
  }

  /** All of it in one line. */
  public String summary() {
    return sqlState + ": " + message + (line == 0 ? "" : " (line " + line + ")");
  }
}
