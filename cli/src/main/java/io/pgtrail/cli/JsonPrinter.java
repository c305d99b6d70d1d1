package io.pgtrail.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** One array of objects, an object a line; or the objects alone. */
final class JsonPrinter implements RowPrinter {

  private final Console console;
  private final List<Column> columns;
  private final boolean array;
  private boolean empty = true;

  private JsonPrinter(Console console, List<Column> columns, boolean array) {
    this.console = console;
    this.columns = List.copyOf(columns);
    this.array = array;
  }

  JsonPrinter(Console console, List<Column> columns) {
    this(console, columns, true);
  }

  /** Each object can be read as soon as it is there. */
  static JsonPrinter ofLines(Console console, List<Column> columns) {
    return new JsonPrinter(console, columns, false);
  }

  @Override
  public boolean row(List<Optional<?>> values) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String value = values.get(i).map(JsonPrinter::value).orElse("null");
      members.add(string(columns.get(i).name()) + ":" + value);
    }
    String object = "{" + String.join(",", members) + "}";
    console.out().print(array ? (empty ? "[\n" : ",\n") + object : object + "\n");
    empty = false;
    return !console.isAbandoned();
  }

  @Override
  public void pause() {
    console.flush();
  }

  @Override
  public void end() {
    if (array) {
      console.out().print(empty ? "[]\n" : "\n]\n");
    }
    console.flush();
  }

  private static String value(Object value) {
    if (value instanceof Number || value instanceof Json) {
      return value.toString();
    }
    if (value instanceof Duration duration) {
      return Durations.milliseconds(duration).toPlainString();
    }
    if (value instanceof List<?> list) {
      return list.stream()
          .map(element -> string(String.valueOf(element)))
          .collect(Collectors.joining(",", "[", "]"));
    }
    return string(value.toString());
  }

  private static String string(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (character < ' ' || (character >= 0x7f && character < 0xa0)) {
            json.append(String.format("\\u%04x", (int) character));
          } else {
            json.append(character);
          }
        }
      }
    }
    return json.append('"').toString();
  }
}
