package io.pgtrail.client;

import java.sql.SQLException;
import java.util.Set;

/** Tells a failure that lies in what is sent from one that will pass. */
final class Refusals {

  /**
   * Classes of SQLSTATE that lie in the data: no data can be read as such, values out of range,
   * constraints, limits of the server; and what pgtrail itself refuses.
   */
  private static final Set<String> OF_CONTENT = Set.of("22", "23", "54", "XX", "PT");

  /** pgtrail was reached on a standby, or in a session that only reads. */
  private static final String READ_ONLY = "PT007";

  private Refusals() {}

  /**
   * Everything else is worth waiting for: a server that restarts or fails over, rights that an
   * administrator has yet to grant, pgtrail being installed.
   */
  static boolean isOfContent(Exception failure) {
    return failure instanceof SQLException sql
        && sql.getSQLState() != null
        && sql.getSQLState().length() == 5
        && OF_CONTENT.contains(sql.getSQLState().substring(0, 2))
        && !sql.getSQLState().equals(READ_ONLY);
  }
}
