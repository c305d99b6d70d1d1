package io.pgtrail.cli;

/** How a listing is printed. */
enum Format {
  table,
  json,
  csv;

  /** A printer of rows with these columns. */
  RowPrinter printer(Console console, java.util.List<Column> columns) {
    return switch (this) {
      case table -> new TablePrinter(console, columns);
      case json -> new JsonPrinter(console, columns);
      case csv -> new CsvPrinter(console, columns);
    };
  }
}
