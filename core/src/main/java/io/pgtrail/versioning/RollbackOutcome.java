package io.pgtrail.versioning;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** How a rollback ended. */
public sealed interface RollbackOutcome {

  /** Gives the one or the other. */
  <R> R fold(Function<Undone, R> undone, Function<Refused, R> refused);

  /**
   * Carried out and committed.
   *
   * @param steps what was executed, in its order; empty where there was nothing to do
   */
  record Undone(List<PlannedStep> steps) implements RollbackOutcome {

    public Undone {
      steps = List.copyOf(steps);
    }

    @Override
    public <R> R fold(Function<Undone, R> undone, Function<Refused, R> refused) {
      return undone.apply(this);
    }
  }

  /**
   * Nothing was changed.
   *
   * @param reason which step is in the way, and why
   * @param detail its statement, or where the outcome would not be as promised
   * @param hint what to do
   * @param losesData whether leave to lose data is all that it lacks at this step
   */
  record Refused(String reason, Optional<String> detail, Optional<String> hint, boolean losesData)
      implements RollbackOutcome {

    @Override
    public <R> R fold(Function<Undone, R> undone, Function<Refused, R> refused) {
      return refused.apply(this);
    }
  }
}
