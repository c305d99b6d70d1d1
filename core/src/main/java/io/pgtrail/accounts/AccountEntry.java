package io.pgtrail.accounts;

import java.time.Instant;
import java.util.List;

/**
 * An account as administrators see it, a row of {@code pgtrail.accounts()}.
 *
 * @param actsAs role of the database whose rights it has
 * @param rights what the server offers it: viewer, auditor, operator, admin
 * @param failedSignIns since the last that succeeded
 * @param tokens how many API tokens act for it
 */
public record AccountEntry(
    String name,
    String actsAs,
    List<String> rights,
    Instant createdAt,
    int failedSignIns,
    long tokens) {

  public AccountEntry {
    rights = List.copyOf(rights);
  }
}
