package io.pgtrail.server.pages;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How far back the charts of the overview reach.
 *
 * @param name in the address of the page
 * @param hours so many up to now
 * @param step hours of a bar
 */
public record Span(String name, int hours, int step) {

  static final List<Span> ALL =
      List.of(new Span("24h", 24, 1), new Span("7d", 168, 3), new Span("30d", 720, 12));

  static Span named(String name) {
    return ALL.stream()
        .filter(span -> span.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new PgtrailException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The parameter 'span' is no span of time: " + name,
                    "Give one of "
                        + ALL.stream().map(Span::name).collect(Collectors.joining(", "))
                        + "."));
  }
}
