package io.pgtrail.server.alerts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Stream;

/** What a form says about a rule, as the database wants it. */
public final class RuleParameters {

  private static final int LONGEST_NUMBER = 20;

  private RuleParameters() {}

  /**
   * A JSON object of what is not empty.
   *
   * @param names of the parameters
   * @param values one for each name
   * @throws PgtrailException {@code INVALID_ARGUMENT} for what is no number though it should be;
   *     the database refuses the rest
   */
  public static String json(
      List<RuleKind> kinds, String kind, List<String> names, List<String> values) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < Math.min(names.size(), values.size()); i++) {
      String name = names.get(i);
      String value = values.get(i).strip();
      if (!value.isEmpty()) {
        put(json, type(kinds, kind, name), name, value);
      }
    }
    return json.toString();
  }

  private static String type(List<RuleKind> kinds, String kind, String name) {
    return kinds.stream()
        .filter(known -> known.kind().equals(kind))
        .flatMap(known -> known.parameters().stream())
        .filter(parameter -> parameter.name().equals(name))
        .map(RuleKind.Parameter::type)
        .findFirst()
        .orElse("text");
  }

  private static void put(ObjectNode json, String type, String name, String value) {
    switch (type) {
      case "number" -> json.put(name, number(name, value));
      case "list" -> {
        ArrayNode list = json.putArray(name);
        Stream.of(value.split(",", -1)).map(String::strip).forEach(list::add);
      }
      default -> json.put(name, value);
    }
  }

  private static BigDecimal number(String name, String value) {
    try {
      if (value.length() > LONGEST_NUMBER) {
        throw new NumberFormatException("too long");
      }
      return new BigDecimal(value);
    } catch (NumberFormatException unreadable) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "The parameter '" + name + "' is no number: " + value,
          null,
          unreadable);
    }
  }
}
