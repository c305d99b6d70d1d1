package io.pgtrail.doctor;

import java.util.Optional;

/**
 * What was looked at and how it stands.
 *
 * @param what a sentence about the state
 * @param advice what to do about it; empty when all is well
 */
public record Check(Verdict verdict, String what, Optional<String> advice) {

  /** From good to bad. */
  public enum Verdict {
    OK,
    WARN,
    FAIL
  }

  static Check ok(String what) {
    return new Check(Verdict.OK, what, Optional.empty());
  }

  static Check warn(String what, String advice) {
    return new Check(Verdict.WARN, what, Optional.of(advice));
  }

  static Check fail(String what, String advice) {
    return new Check(Verdict.FAIL, what, Optional.of(advice));
  }
}
