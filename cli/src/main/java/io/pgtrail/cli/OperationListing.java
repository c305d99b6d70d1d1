package io.pgtrail.cli;

import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryCursor;
import io.pgtrail.reporting.HistoryFilter;
import io.pgtrail.reporting.HistoryTail;
import io.pgtrail.reporting.Operation;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Prints operations, for {@code history}, {@code errors} and {@code demo}. */
final class OperationListing {

  /** What makes the name of a DDL operation unique is of no use to a person. */
  private static final Pattern AUTOMATIC_NAME = Pattern.compile("(AUTO_DDL_.+)_[0-9a-f]{12}");

  private final Listing<Operation> listing;
  private final Format format;
  private final Console console;
  private long shown;
  private @Nullable Operation last;
  private boolean more;

  private OperationListing(Listing<Operation> listing, Format format, Console console) {
    this.listing = withDetails(listing);
    this.format = format;
    this.console = console;
  }

  /** What happened. */
  static OperationListing ofHistory(Format format, Console console) {
    return new OperationListing(
        new Listing<Operation>()
            .with(Column.shown("started").usually(19), Operation::startedAt)
            .with(Column.shown("status").usually(9), Operation::status)
            .with(Column.shown("type").usually(11), Operation::type)
            .with(Column.number("duration").usually(8), Operation::duration)
            .with(Column.text("user").usually(12), Operation::sessionUser)
            .with(Column.text("name").usually(30), name(format))
            .with(Column.text("objects").usually(30), Operation::objects)
            .with(Column.detail("error"), Operation::error),
        format,
        console);
  }

  /** What failed, and why. */
  static OperationListing ofErrors(Format format, Console console) {
    return new OperationListing(
        new Listing<Operation>()
            .with(Column.shown("started").usually(19), Operation::startedAt)
            .with(Column.shown("type").usually(11), Operation::type)
            .with(Column.text("user").usually(12), Operation::sessionUser)
            .with(Column.text("name").usually(30), name(format))
            .with(Column.text("error").usually(50).paintedAs("FAILED"), Operation::error)
            .with(Column.detail("duration"), Operation::duration)
            .with(Column.detail("objects"), Operation::objects),
        format,
        console);
  }

  private static Listing<Operation> withDetails(Listing<Operation> listing) {
    return listing
        .with(Column.detail("key"), Operation::key)
        .with(Column.detail("version"), Operation::version)
        .with(Column.detail("effective_role"), Operation::effectiveRole)
        .with(Column.detail("application_name"), Operation::applicationName)
        .with(Column.detail("application_user"), Operation::applicationUser)
        .with(Column.detail("client_address"), Operation::clientAddress)
        .with(Column.detail("statement"), Operation::statement)
        .with(
            Column.detail("metadata"),
            operation ->
                Optional.ofNullable(operation.metadata()).map(RowPrinter.Json::new).orElse(null));
  }

  private static Function<Operation, String> name(Format format) {
    return format == Format.table
        ? operation -> AUTOMATIC_NAME.matcher(operation.name()).replaceFirst("$1")
        : Operation::name;
  }

  /** Prints what the filter lets through, and says where the next page begins if there is one. */
  void print(History history, HistoryFilter filter) {
    RowPrinter printer = format.printer(console, listing.columns());
    long limit = filter.limit();
    HistoryFilter oneMore = limit == 0 ? filter : filter.withLimit(Math.addExact(limit, 1));
    ProgressLine progress = new ProgressLine(console);
    try {
      history.read(
          oneMore,
          moment -> progress.show("Searching: back to " + moment.truncatedTo(ChronoUnit.MINUTES)),
          operation -> {
            progress.clear();
            return print(operation, limit, printer);
          });
    } finally {
      progress.clear();
    }
    printer.end();
    if (last == null) {
      console.remark("No operations match.");
    } else if (more) {
      console.remark("next page: --before " + HistoryCursor.at(last).text());
    }
  }

  private boolean print(Operation operation, long limit, RowPrinter printer) {
    more = limit > 0 && shown == limit;
    if (more) {
      return false;
    }
    shown++;
    last = operation;
    return printer.row(listing.row(operation));
  }

  /** Prints what the filter lets through as it is recorded, until Ctrl-C. */
  int follow(HistoryTail tail, Watch watch) {
    RowPrinter printer = format.growingPrinter(console, listing.columns());
    return watch.follow(
        () -> {
          tail.read(operation -> printer.row(listing.row(operation)));
          printer.pause();
        });
  }
}
