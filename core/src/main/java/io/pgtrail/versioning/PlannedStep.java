package io.pgtrail.versioning;

import org.jspecify.annotations.Nullable;

/**
 * One statement of a plan.
 *
 * @param step place in the plan, from 1
 * @param action CREATE, ALTER, RENAME or DROP
 * @param risk SAFE, REWRITE, LOCK, DATA_LOSS or IRREVERSIBLE
 * @param lostRows how many rows it robs of data; NULL where it robs none or the session may not
 *     count
 */
public record PlannedStep(
    int step,
    String action,
    String objectType,
    String fullName,
    String ddl,
    String risk,
    @Nullable String reason,
    @Nullable Long lostRows) {

  /** Whether data that is there would be gone. */
  public boolean losesData() {
    return lostRows != null && lostRows > 0;
  }
}
