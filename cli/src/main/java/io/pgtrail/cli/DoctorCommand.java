package io.pgtrail.cli;

import io.pgtrail.doctor.Check;
import io.pgtrail.doctor.Check.Verdict;
import io.pgtrail.doctor.Doctor;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail doctor}: examines an installation. */
@Command(
    name = "doctor",
    description = "Examine an installation and say how to mend what is wrong.",
    footer = {
      "",
      "Tries tracking and capture too, in transactions that it rolls back.",
      "Exit code 1 when something is wrong; a warning alone is not."
    })
final class DoctorCommand implements Callable<Integer> {

  private static final List<Column> COLUMNS =
      List.of(Column.shown("verdict"), Column.shown("what"), Column.shown("advice"));

  private final PgtrailCommand root;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  DoctorCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    List<Check> checks = new Doctor(root.dataSource(), Clock.systemUTC()).examine();
    if (format == Format.table) {
      checks.forEach(this::print);
    } else {
      RowPrinter printer = format.printer(root.console(), COLUMNS);
      checks.forEach(
          check ->
              printer.row(
                  List.of(
                      Optional.of(check.verdict().name()),
                      Optional.of(check.what()),
                      check.advice())));
      printer.end();
    }
    return checks.stream().anyMatch(check -> check.verdict() == Verdict.FAIL) ? 1 : 0;
  }

  /** Advice is to be read and copied: it gets a line of its own and is never shortened. */
  private void print(Check check) {
    Console console = root.console();
    String verdict = String.format(Locale.ROOT, "%-4s", check.verdict());
    console.say(
        console.terminal().paint(check.verdict().name(), verdict)
            + "  "
            + SafeText.line(check.what()));
    check.advice().ifPresent(advice -> console.say("      " + SafeText.line(advice)));
  }
}
