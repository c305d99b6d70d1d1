package io.pgtrail.server.alerts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A kind of rules, and what those can be told. */
public record RuleKind(String kind, String meaning, List<Parameter> parameters) {

  public RuleKind {
    parameters = List.copyOf(parameters);
  }

  /**
   * One thing they can be told.
   *
   * @param type number, text, or list of texts
   * @param preset what holds when it is not given; empty: it can be left out
   * @param choices what it can be; NULL for anything
   */
  public record Parameter(
      String name, String type, String preset, @Nullable String choices, String meaning) {}
}
