package io.pgtrail.cli;

import java.util.List;

/** How a listing is printed. */
enum Format {
  table,
  json,
  csv;

  /** A printer of rows with these columns. */
  RowPrinter printer(Console console, List<Column> columns) {
    return switch (this) {
      case table -> new TablePrinter(console, columns);
      case json -> new JsonPrinter(console, dataOf(columns));
      case csv -> new CsvPrinter(console, dataOf(columns));
    };
  }

  /** A printer of rows that come one now and one then; JSON is an object a line. */
  RowPrinter growingPrinter(Console console, List<Column> columns) {
    return switch (this) {
      case table -> TablePrinter.growing(console, columns);
      case json -> JsonPrinter.ofLines(console, dataOf(columns));
      case csv -> new CsvPrinter(console, dataOf(columns));
    };
  }

  /** Pictures come last, so that the values before them keep their places. */
  private static List<Column> dataOf(List<Column> columns) {
    return columns.stream().filter(Column::inData).toList();
  }
}
