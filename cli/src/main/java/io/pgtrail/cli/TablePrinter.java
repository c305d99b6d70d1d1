package io.pgtrail.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Aligned columns for a person. The first rows decide the widths; the rest is printed as it comes,
 * so that a long listing needs no memory.
 */
final class TablePrinter implements RowPrinter {

  private static final int ROWS_THAT_DECIDE = 1000;
  private static final int NARROWEST = 8;
  private static final String GAP = "  ";
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private final Console console;
  private final List<Column> columns;
  private final List<List<String>> waiting = new ArrayList<>();
  private int[] widths = {};

  TablePrinter(Console console, List<Column> columns) {
    this.console = console;
    this.columns = List.copyOf(columns);
    waiting.add(
        columns.stream()
            .filter(Column::inTable)
            .map(column -> column.name().toUpperCase(Locale.ROOT).replace('_', ' '))
            .toList());
  }

  @Override
  public boolean row(List<Optional<?>> values) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).inTable()) {
        cells.add(values.get(i).map(TablePrinter::text).orElse(""));
      }
    }
    if (widths.length > 0) {
      print(cells);
      return !console.isAbandoned();
    }
    waiting.add(cells);
    if (waiting.size() > ROWS_THAT_DECIDE) {
      printWaiting();
    }
    return true;
  }

  @Override
  public void end() {
    if (widths.length == 0) {
      printWaiting();
    }
    console.flush();
  }

  private static String text(Object value) {
    if (value instanceof Instant instant) {
      return MOMENT.format(instant);
    }
    if (value instanceof Duration duration) {
      return Durations.text(duration);
    }
    if (value instanceof List<?> list) {
      return SafeText.line(list.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    return SafeText.line(value.toString());
  }

  private void printWaiting() {
    widths = new int[waiting.get(0).size()];
    for (List<String> row : waiting) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], SafeText.width(row.get(i)));
      }
    }
    if (console.terminal().present()) {
      fit(console.terminal().width());
    }
    waiting.forEach(this::print);
    waiting.clear();
  }

  /** Takes from the widest column, again and again, what does not fit. */
  private void fit(int available) {
    int excess = GAP.length() * (widths.length - 1) + IntStream.of(widths).sum() - available;
    while (excess > 0) {
      int widest = 0;
      int second = 0;
      for (int i = 0; i < widths.length; i++) {
        if (widths[i] > widths[widest]) {
          second = widths[widest];
          widest = i;
        } else if (i != widest) {
          second = Math.max(second, widths[i]);
        }
      }
      int narrowed = Math.max(widths[widest] - excess, Math.max(NARROWEST, second - 1));
      if (narrowed >= widths[widest]) {
        return;
      }
      excess -= widths[widest] - narrowed;
      widths[widest] = narrowed;
    }
  }

  private void print(List<String> cells) {
    StringBuilder line = new StringBuilder();
    List<Column> shown = columns.stream().filter(Column::inTable).toList();
    for (int i = 0; i < cells.size(); i++) {
      String cell =
          console.terminal().present() ? SafeText.shorten(cells.get(i), widths[i]) : cells.get(i);
      String painted = console.terminal().paint(cells.get(i), cell);
      boolean last = i == cells.size() - 1;
      String blanks = last ? "" : " ".repeat(Math.max(0, widths[i] - SafeText.width(cell)));
      line.append(i == 0 ? "" : GAP)
          .append(shown.get(i).numeric() ? blanks + painted : painted + blanks);
    }
    console.say(line.toString().stripTrailing());
  }
}
