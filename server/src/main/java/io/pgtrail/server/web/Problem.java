package io.pgtrail.server.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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

  /** Whether who asks for this gets a document; people get a page. */
  public static boolean isForProgram(String path) {
    return path.startsWith("/api/");
  }

  /** As a document. */
  public String json(ObjectMapper mapper) {
    try {
      return mapper.writeValueAsString(this);
    } catch (JsonProcessingException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** The same under a status that says more. */
  public Problem withStatus(int other) {
    return new Problem(type, title, other, detail, errorCode, suggestions);
  }
}
