package io.pgtrail.server.web;

import io.pgtrail.error.PgtrailException;
import java.util.List;

/**
 * A refusal as RFC 9457 has it, with the words of the specification.
 *
 * @param errorCode name of an {@code ErrorCode}
 * @param suggestions what to do about it
 */
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    String errorCode,
    List<String> suggestions) {

  public static final String MEDIA_TYPE = "application/problem+json";

  public Problem {
    suggestions = List.copyOf(suggestions);
  }

  /** What becomes of a failure. */
  public static Problem of(PgtrailException failure) {
    return new Problem(
        "about:blank",
        failure.code().meaning(),
        failure.code().httpStatus(),
        String.valueOf(failure.getMessage()),
        failure.code().name(),
        failure.hint().stream().toList());
  }
}
