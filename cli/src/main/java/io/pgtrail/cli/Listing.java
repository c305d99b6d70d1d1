package io.pgtrail.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a listing shows of each of its things. */
final class Listing<T> {

  /** A column and where its value comes from. */
  private record Field<T>(Column column, Function<T, Optional<?>> value) {}

  private final List<Field<T>> fields = new ArrayList<>();

  /** Adds a column; NULL is shown as nothing. */
  Listing<T> with(Column column, Function<T, ?> value) {
    fields.add(new Field<>(column, thing -> Optional.ofNullable(value.apply(thing))));
    return this;
  }

  List<Column> columns() {
    return fields.stream().map(Field::column).toList();
  }

  /** The values of one thing, in the order of the columns. */
  List<Optional<?>> row(T thing) {
    List<Optional<?>> values = new ArrayList<>();
    fields.forEach(field -> values.add(field.value().apply(thing)));
    return values;
  }

  void print(List<T> things, Format format, Console console) {
    RowPrinter printer = format.printer(console, columns());
    things.forEach(thing -> printer.row(row(thing)));
    printer.end();
  }
}
