package io.pgtrail.script;

import java.util.function.Function;

/** How the execution of a script ended. */
public sealed interface ScriptOutcome {

  <R> R fold(Function<Done, R> done, Function<Failed, R> failed);

  /**
   * Everything was executed and committed.
   *
   * @param rows how many rows were changed
   */
  record Done(long rows) implements ScriptOutcome {
    @Override
    public <R> R fold(Function<Done, R> done, Function<Failed, R> failed) {
      return done.apply(this);
    }
  }

  /** A statement failed and everything was rolled back. */
  record Failed(ScriptFailure failure) implements ScriptOutcome {
    @Override
    public <R> R fold(Function<Done, R> done, Function<Failed, R> failed) {
      return failed.apply(this);
    }
  }
}
