package io.pgtrail.server.security;

import java.util.Set;

/**
 * Somebody who signed in.
 *
 * @param name shown in the trail as the user of the application
 * @param actsAs role of the database whose rights it has
 * @param rights what the server offers: viewer, auditor, operator, admin
 * @param stamp another one after another password, and for another account of the name
 */
public record Account(String name, String actsAs, Set<String> rights, String stamp) {

  public Account {
    rights = Set.copyOf(rights);
  }
}
