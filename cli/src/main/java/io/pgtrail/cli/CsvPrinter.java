package io.pgtrail.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Comma-separated values as RFC 4180 says, a header first. */
final class CsvPrinter implements RowPrinter {

  private final Console console;
  private final int width;

  CsvPrinter(Console console, List<Column> columns) {
    this.console = console;
    this.width = columns.size();
    print(columns.stream().map(Column::name).toList());
  }

  @Override
  public boolean row(List<Optional<?>> values) {
    print(
        values.stream().limit(width).map(value -> value.map(CsvPrinter::text).orElse("")).toList());
    return !console.isAbandoned();
  }

  @Override
  public void pause() {
    console.flush();
  }

  @Override
  public void end() {
    console.flush();
  }

  private static String text(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(String::valueOf).collect(Collectors.joining(";"));
    }
    return value instanceof Duration duration
        ? Durations.milliseconds(duration).toPlainString()
        : value.toString();
  }

  private void print(List<String> fields) {
    String line = fields.stream().map(this::quoted).collect(Collectors.joining(","));
    console.out().print(line + "\r\n");
  }

  private String quoted(String field) {
    String safe = console.terminal().present() ? SafeText.lines(field) : field;
    boolean plain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
