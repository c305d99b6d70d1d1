package io.pgtrail.cli;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
  private final List<Column> shown;
  private final List<String> headings;
  private final List<List<String>> waiting = new ArrayList<>();
  private final boolean growing;
  private int[] widths = {};

  TablePrinter(Console console, List<Column> columns) {
    this(console, columns, false);
  }

  private TablePrinter(Console console, List<Column> columns, boolean growing) {
    this.console = console;
    this.columns = List.copyOf(columns);
    this.growing = growing;
    this.shown = columns.stream().filter(this::isShown).toList();
    this.headings =
        shown.stream()
            .map(column -> column.heading().toUpperCase(Locale.ROOT).replace('_', ' '))
            .toList();
  }

  /** For rows of which the first are printed before the widest is known. */
  static TablePrinter growing(Console console, List<Column> columns) {
    return new TablePrinter(console, columns, true);
  }

  private boolean isShown(Column column) {
    return column.inTable(console.terminal());
  }

  @Override
  public boolean row(List<Optional<?>> values) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (isShown(columns.get(i))) {
        cells.add(values.get(i).map(TablePrinter::text).orElse(""));
      }
    }
    if (widths.length > 0) {
      print(cells);
      return !console.isAbandoned();
    }
    waiting.add(cells);
    if (waiting.size() >= ROWS_THAT_DECIDE) {
      printWaiting();
    }
    return true;
  }

  @Override
  public void pause() {
    if (widths.length == 0) {
      printWaiting();
    }
    console.flush();
  }

  @Override
  public void end() {
    pause();
  }

  /** Local time to the second. */
  static String moment(Instant moment) {
    return MOMENT.format(moment);
  }

  private static String text(Object value) {
    if (value instanceof Instant instant) {
      return moment(instant);
    }
    if (value instanceof Duration duration) {
      return Durations.text(duration);
    }
    if (value instanceof Number number) {
      return new DecimalFormat("#,##0.##", DecimalFormatSymbols.getInstance(Locale.ROOT))
          .format(number);
    }
    if (value instanceof List<?> list) {
      return SafeText.line(list.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    return SafeText.line(value.toString());
  }

  private void printWaiting() {
    widths = new int[shown.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(growing ? shown.get(i).usual() : 0, SafeText.width(headings.get(i)));
    }
    for (List<String> row : waiting) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], SafeText.width(row.get(i)));
      }
    }
    if (console.terminal().present()) {
      fit(console.terminal().width());
    }
    print(headings, Collections.nCopies(headings.size(), ""));
    waiting.forEach(this::print);
    waiting.clear();
  }

  /** Takes from the widest column that may be shortened, again and again, what does not fit. */
  private void fit(int available) {
    int excess = GAP.length() * (widths.length - 1) + IntStream.of(widths).sum() - available;
    while (excess > 0) {
      int[] order =
          IntStream.range(0, widths.length)
              .filter(i -> shown.get(i).fit() != Column.Fit.fixed)
              .boxed()
              .sorted(Comparator.comparing(i -> -widths[i]))
              .mapToInt(Integer::intValue)
              .toArray();
      if (order.length == 0 || widths[order[0]] <= NARROWEST) {
        return;
      }
      int second = order.length == 1 ? NARROWEST : Math.max(NARROWEST, widths[order[1]] - 1);
      int narrowed = Math.max(widths[order[0]] - excess, second);
      excess -= widths[order[0]] - narrowed;
      widths[order[0]] = narrowed;
    }
  }

  private void print(List<String> cells) {
    print(
        cells,
        IntStream.range(0, cells.size())
            .mapToObj(i -> shown.get(i).statusOf(cells.get(i)))
            .toList());
  }

  private void print(List<String> cells, List<String> statuses) {
    List<List<String>> parts = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      parts.add(fitted(cells.get(i), i));
    }
    int lines = parts.stream().mapToInt(List::size).max().orElse(0);
    for (int line = 0; line < lines; line++) {
      printLine(statuses, parts, line);
    }
  }

  private List<String> fitted(String cell, int column) {
    if (!console.terminal().present()) {
      return List.of(cell);
    }
    return shown.get(column).fit() == Column.Fit.wrapped
        ? SafeText.wrap(cell, widths[column])
        : List.of(SafeText.shorten(cell, widths[column]));
  }

  private void printLine(List<String> statuses, List<List<String>> parts, int number) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      String part = number < parts.get(i).size() ? parts.get(i).get(number) : "";
      String painted = part.isEmpty() ? "" : console.terminal().paint(statuses.get(i), part);
      boolean last = i == parts.size() - 1;
      String blanks = last ? "" : " ".repeat(Math.max(0, widths[i] - SafeText.width(part)));
      line.append(i == 0 ? "" : GAP)
          .append(shown.get(i).numeric() ? blanks + painted : painted + blanks);
    }
    console.say(line.toString().stripTrailing());
  }
}
