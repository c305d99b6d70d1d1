package io.pgtrail.versioning;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All changes of one transaction.
 *
 * @param committedAt when they were described, just before it committed
 * @param kind DDL, BASELINE (what existed when versioning began) or DRIFT (found later)
 * @param author role that logged in; NULL where nobody knows
 * @param applicationUser user behind a pool, as the session claimed
 * @param changes empty for the baseline, and where the history was removed
 */
public record Commit(
    UUID id,
    Instant committedAt,
    String kind,
    @Nullable String author,
    @Nullable String applicationUser,
    List<CommitChange> changes) {

  public Commit {
    changes = List.copyOf(changes);
  }
}
