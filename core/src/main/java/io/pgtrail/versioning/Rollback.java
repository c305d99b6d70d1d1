package io.pgtrail.versioning;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The way back to an earlier schema, or of one object to an earlier version. Throws what {@link
 * Versions} throws.
 */
public final class Rollback {

  private final Jdbi jdbi;
  private final String preview;
  private final String execution;
  private final Map<String, Object> values;

  private Rollback(Jdbi jdbi, String preview, String execution, Map<String, Object> values) {
    this.jdbi = jdbi;
    this.preview = preview;
    this.execution = execution;
    this.values = Map.copyOf(values);
  }

  /** To the schema of a moment. Mirrors {@code pggit.rollback_to_timestamp()}. */
  public static Rollback to(Jdbi jdbi, Instant moment) {
    return new Rollback(
        jdbi,
        "select * from pggit.preview_rollback(:moment)",
        "select * from pggit.rollback_to_timestamp(:moment, :allow)",
        Map.of("moment", Rows.value(moment)));
  }

  /**
   * Of one object, be it dropped, to one of its versions. Mirrors {@code pggit.rollback_object()}.
   *
   * @param version like 1.2.0
   */
  public static Rollback ofObject(Jdbi jdbi, String object, String version) {
    return new Rollback(
        jdbi,
        "select * from pggit.preview_rollback_object(:object, :version)",
        "select * from pggit.rollback_object(:object, :version, :allow)",
        Map.of("object", object, "version", version));
  }

  /** What it would do; empty when all is as it was. Changes nothing. */
  public List<PlannedStep> preview() {
    try {
      return jdbi.withHandle(
          handle -> handle.createQuery(preview).bindMap(values).map(Rows::step).list());
    } catch (JdbiException failure) {
      throw VersioningFailure.explain(failure);
    }
  }

  /**
   * Carries it out in one transaction, with the rights of the session; it is recorded as an
   * operation and makes new versions.
   *
   * @param allowDataLoss whether rows may be robbed of data
   */
  public RollbackOutcome execute(boolean allowDataLoss) {
    return execute(allowDataLoss, steps -> true);
  }

  /**
   * The same, but only if the plan is one that somebody has seen: else it is undone.
   *
   * @param expected tells from the steps that were carried out
   */
  public RollbackOutcome execute(boolean allowDataLoss, Predicate<List<PlannedStep>> expected) {
    try {
      return jdbi.inTransaction(
          handle -> {
            List<PlannedStep> steps =
                handle
                    .createQuery(execution)
                    .bindMap(values)
                    .bind("allow", allowDataLoss)
                    .map(Rows::step)
                    .list();
            if (expected.test(steps)) {
              return new RollbackOutcome.Undone(steps);
            }
            handle.rollback();
            return new RollbackOutcome.Refused(
                "The plan has changed since it was shown, and nothing was rolled back.",
                Optional.empty(),
                Optional.of("Look at the new plan."),
                false);
          });
    } catch (JdbiException failure) {
      RuntimeException explained = VersioningFailure.explain(failure);
      if (explained instanceof PgtrailException known
          && known.code() == ErrorCode.ROLLBACK_REFUSED) {
        return refused(known);
      }
      throw explained;
    }
  }

  /** Of what refuses, only the missing leave to lose data is mended by an argument. */
  private static RollbackOutcome refused(PgtrailException refusal) {
    return new RollbackOutcome.Refused(
        String.valueOf(refusal.getMessage()),
        VersioningFailure.detail(refusal),
        refusal.hint(),
        refusal.hint().filter(hint -> hint.startsWith("allow_data_loss")).isPresent());
  }
}
