package io.pgtrail.migration;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.output.ValidateOutput;
import org.jspecify.annotations.Nullable;

/** What was migrated before, and whether the files still say so. */
final class FlywayHistory {

  private final Flyway flyway;
  private final MigrationPlace place;

  FlywayHistory(Flyway flyway, MigrationPlace place) {
    this.flyway = flyway;
    this.place = place;
  }

  /** Forgets a migration that failed half-way. */
  static String forgetting(MigrationPlace place) {
    return "delete from " + place.historyTable() + " where not success";
  }

  /**
   * @throws PgtrailException {@code MIGRATIONS_DIFFER}
   */
  void require() {
    if (!place.hasHistory()) {
      return;
    }
    List<ValidateOutput> invalid = flyway.validateWithResult().invalidMigrations;
    if (invalid.isEmpty()) {
      return;
    }
    List<String> messages = new ArrayList<>();
    List<String> remedies = new ArrayList<>();
    for (ValidateOutput each : invalid) {
      explain(each, messages, remedies);
    }
    throw new PgtrailException(
        ErrorCode.MIGRATIONS_DIFFER,
        String.join("\n", messages) + "\nNothing was migrated.",
        String.join("\n  hint: ", remedies.stream().distinct().toList()));
  }

  private void explain(ValidateOutput invalid, List<String> messages, List<String> remedies) {
    @Nullable MigrationInfo known = info(invalid);
    String name = known == null ? "version " + invalid.version : known.getScript();
    if (invalid.errorDetails.errorCode == CoreErrorCode.CHECKSUM_MISMATCH && known != null) {
      messages.add(name + " was changed after it had been run");
      remedies.add("Restore the file, and put the change into a new migration.");
      remedies.add(
          "If the change means nothing to the database: update "
              + place.historyTable()
              + " set checksum = "
              + known.getResolvedChecksum()
              + " where installed_rank = "
              + known.getInstalledRank()
              + ";");
    } else if (known != null && known.getState().isFailed()) {
      messages.add(name + " failed half-way, outside a transaction");
      remedies.add(
          "Undo or finish by hand what it did; then forget the failure, and migrate again: "
              + forgetting(place)
              + ";");
    } else if (invalid.errorDetails.errorCode
        == CoreErrorCode.APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED) {
      messages.add(name + " was run, and its file is not there any more");
      remedies.add("Restore the file, or check that this is the right directory and database.");
    } else if (invalid.errorDetails.errorCode
        == CoreErrorCode.RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED) {
      messages.add(name + " was not run, though later versions were");
      remedies.add("Give it a version after the last that was run.");
    } else {
      messages.add(name + ": " + String.valueOf(invalid.errorDetails.errorMessage).strip());
    }
  }

  private @Nullable MigrationInfo info(ValidateOutput invalid) {
    return Arrays.stream(flyway.info().all())
        .filter(
            each ->
                Objects.equals(
                        each.getVersion() == null ? "" : each.getVersion().getVersion(),
                        Objects.toString(invalid.version, ""))
                    && (each.getVersion() != null
                        || each.getDescription().equals(invalid.description)))
        .findFirst()
        .orElse(null);
  }
}
