package io.pgtrail.cli;

import io.pgtrail.versioning.Commit;
import io.pgtrail.versioning.CommitChange;
import io.pgtrail.versioning.ObjectDifference;
import io.pgtrail.versioning.Versions;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pgtrail show}: what one transaction changed. */
@Command(
    name = "show",
    description = "Show what one commit changed: who, when, by which statement, and the DDL.",
    footer = {
      "",
      "A commit is all that one transaction changed. The statement is shown to who may read the",
      "operation in the trail.",
      "",
      "Examples:",
      "  pgtrail show 97d62df4",
      "  pgtrail show 97d62df4 --side-by-side"
    })
final class ShowCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Parameters(
      paramLabel = "COMMIT",
      description = "Its id, or the first four or more characters, as pgtrail log shows them.")
  private String commit = "";

  @Option(names = "--side-by-side", description = "Before and after in two columns.")
  private boolean sideBySide;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  ShowCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    Commit shown = new Versions(root.jdbi(false)).commit(commit);
    if (format == Format.table) {
      print(shown);
    } else {
      listing(shown).print(shown.changes(), format, root.console());
    }
    return 0;
  }

  private static Listing<CommitChange> listing(Commit commit) {
    return DifferenceListing.of(CommitChange::difference)
        .with(Column.shown("commit_id"), change -> commit.id())
        .with(Column.shown("committed_at"), change -> commit.committedAt())
        .with(Column.shown("author"), change -> commit.author())
        .with(Column.shown("application_user"), change -> commit.applicationUser())
        .with(Column.shown("script_execution_hk"), CommitChange::operation)
        .with(Column.shown("statement"), CommitChange::statement);
  }

  private void print(Commit commit) {
    Console console = root.console();
    DifferencePrinter printer = new DifferencePrinter(console, sideBySide);
    console.say("commit  " + commit.id());
    console.say("author  " + author(commit));
    console.say("time    " + TablePrinter.moment(commit.committedAt()));
    String last = null;
    for (CommitChange change : commit.changes()) {
      ObjectDifference difference = change.difference();
      console.say("");
      printer.heading(difference);
      // A statement that changed several objects is printed once.
      if (!Objects.equals(change.operation(), last)) {
        statement(change.statement());
        last = change.operation();
      }
      printer.body(difference);
    }
    if (commit.changes().isEmpty()) {
      console.remark(
          commit.kind().equals("BASELINE")
              ? "The objects that existed when versioning began; pgtrail schema prints them."
              : "Its changes are no longer in the history.");
    }
  }

  private static String author(Commit commit) {
    String author = commit.author() == null ? "unknown" : SafeText.line(commit.author());
    return commit.applicationUser() == null
        ? author
        : author + " for " + SafeText.line(commit.applicationUser());
  }

  private void statement(@Nullable String statement) {
    if (statement != null) {
      SafeText.lines(statement).strip().lines().forEach(line -> root.console().say("    " + line));
    }
  }
}
