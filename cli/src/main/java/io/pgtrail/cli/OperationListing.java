package io.pgtrail.cli;

import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryFilter;
import io.pgtrail.reporting.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Prints operations, for {@code history}, {@code errors} and {@code demo}. */
final class OperationListing {

  /** A column and where its value comes from. */
  private record Field(Column column, Function<Operation, Optional<?>> value) {}

  /** What makes the name of a DDL operation unique is of no use to a person. */
  private static final Pattern AUTOMATIC_NAME = Pattern.compile("(AUTO_DDL_.+)_[0-9a-f]{12}");

  private static final List<Field> SHARED =
      List.of(
          field(Column.detail("key"), Operation::key),
          field(Column.detail("version"), Operation::version),
          field(Column.detail("effective_role"), Operation::effectiveRole),
          field(Column.detail("application_name"), Operation::applicationName),
          field(Column.detail("application_user"), Operation::applicationUser),
          field(Column.detail("client_address"), Operation::clientAddress),
          field(Column.detail("statement"), Operation::statement),
          new Field(
              Column.detail("metadata"),
              operation -> Optional.ofNullable(operation.metadata()).map(RowPrinter.Json::new)));

  private static final List<Field> HISTORY =
      withShared(
          field(Column.shown("started"), Operation::startedAt),
          field(Column.shown("status"), Operation::status),
          field(Column.shown("type"), Operation::type),
          field(Column.number("duration"), Operation::duration),
          field(Column.shown("user"), Operation::sessionUser),
          field(Column.shown("name"), Operation::name),
          field(Column.shown("objects"), Operation::objects),
          field(Column.detail("error"), Operation::error));

  private static final List<Field> ERRORS =
      withShared(
          field(Column.shown("started"), Operation::startedAt),
          field(Column.shown("type"), Operation::type),
          field(Column.shown("user"), Operation::sessionUser),
          field(Column.shown("name"), Operation::name),
          field(Column.shown("error"), Operation::error),
          field(Column.detail("duration"), Operation::duration),
          field(Column.detail("objects"), Operation::objects));

  private final List<Field> fields;

  private OperationListing(List<Field> fields) {
    this.fields = fields;
  }

  /** What happened. */
  static OperationListing ofHistory() {
    return new OperationListing(HISTORY);
  }

  /** What failed, and why. */
  static OperationListing ofErrors() {
    return new OperationListing(ERRORS);
  }

  private static List<Field> withShared(Field... own) {
    List<Field> all = new ArrayList<>(List.of(own));
    all.addAll(SHARED);
    return List.copyOf(all);
  }

  private static Field field(Column column, Function<Operation, ?> value) {
    return new Field(column, operation -> Optional.ofNullable(value.apply(operation)));
  }

  private static Operation withShortName(Operation operation) {
    return operation.withName(AUTOMATIC_NAME.matcher(operation.name()).replaceFirst("$1"));
  }

  /**
   * Prints what the filter lets through.
   *
   * @return how many operations were printed
   */
  long print(History history, HistoryFilter filter, Format format, Console console) {
    RowPrinter printer = format.printer(console, fields.stream().map(Field::column).toList());
    AtomicLong count = new AtomicLong();
    history.read(
        filter,
        operation -> {
          count.incrementAndGet();
          List<Optional<?>> values = new ArrayList<>();
          Operation shown = format == Format.table ? withShortName(operation) : operation;
          fields.forEach(field -> values.add(field.value().apply(shown)));
          return printer.row(values);
        });
    printer.end();
    return count.get();
  }
}
