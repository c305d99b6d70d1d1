package io.pgtrail.migration;

import java.util.List;
import java.util.Optional;

/**
 * What became of the migrations.
 *
 * @param migrations all that were to be run, in order
 * @param failure why it ended early
 * @param unrecorded why the trail lacks something of them
 */
public record MigrationReport(
    List<Migration> migrations, Optional<MigrationFailure> failure, Optional<String> unrecorded) {

  public MigrationReport {
    migrations = List.copyOf(migrations);
  }
}
