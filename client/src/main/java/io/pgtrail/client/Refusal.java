package io.pgtrail.client;

import java.util.Set;

/** Tells by the SQLSTATE why the database did not carry out what it was sent. */
enum Refusal {
  /** It lies in what is sent, and will be so for ever. */
  CONTENT,

  /** It was too much for the server, or just now; less of it may pass. */
  TOO_MUCH,

  /** It will pass, or an administrator mends it; less of it may pass as well. */
  FOR_NOW,

  /** The connection or the server went away. */
  AWAY;

  /**
   * Classes of SQLSTATE that lie in the data: no data can be read as such, values out of range,
   * constraints, limits of the server; and what pgtrail itself refuses.
   */
  private static final Set<String> OF_CONTENT = Set.of("22", "23", "54", "PT");

  /** Cancelled for its time, out of memory, over a limit. */
  private static final Set<String> OF_EFFORT = Set.of("57014", "53200", "53400");

  /** pgtrail was reached on a standby, or in a session that only reads. */
  private static final String READ_ONLY = "PT007";

  static Refusal of(Throwable failure) {
    String state = Values.sqlState(failure);
    if (state == null || state.length() != 5) {
      return AWAY;
    } else if (OF_CONTENT.contains(state.substring(0, 2)) && !state.equals(READ_ONLY)) {
      return CONTENT;
    } else if (OF_EFFORT.contains(state)) {
      return TOO_MUCH;
    }
    return state.startsWith("08") || state.startsWith("57P") ? AWAY : FOR_NOW;
  }
}
