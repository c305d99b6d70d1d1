package io.pgtrail.cli;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.install.Installer;
import io.pgtrail.install.Uninstalled;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail uninstall}: takes pgtrail out of a database. */
@Command(
    name = "uninstall",
    description = "Take pgtrail out of a database; the trail stays unless --drop-data is given.",
    footer = {
      "",
      "Objects of others are never touched. A later install goes on with a trail that was kept."
    })
final class UninstallCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Option(names = "--drop-data", description = "Delete the trail too.")
  private boolean dropData;

  @Option(names = "--yes", description = "Do not ask before deleting the trail.")
  private boolean yes;

  UninstallCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    TrailDataSource dataSource = root.dataSource();
    if (dropData && !yes) {
      confirm(dataSource.settings().database());
    }
    Uninstalled uninstalled = new Installer(dataSource).uninstall(dropData);
    Console console = root.console();
    uninstalled.removed().forEach(object -> console.say("Dropped " + SafeText.line(object)));
    uninstalled.kept().forEach(object -> console.say("Kept " + SafeText.line(object)));
    console.say("pgtrail is uninstalled from " + SafeText.line(dataSource.settings().database()));
    if (!dropData) {
      console.remark("The trail is deleted by: pgtrail uninstall --drop-data");
    }
    return 0;
  }

  private void confirm(String database) {
    if (!root.console().terminal().answering()) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "Deleting the trail of " + database + " cannot be undone, and nobody can be asked here",
          "Say --yes if it is meant.");
    }
    root.console()
        .remark(
            "This deletes the whole trail of " + database + " for good. Type its name to go on:");
    Scanner answers = new Scanner(root.console().in(), StandardCharsets.UTF_8);
    if (!answers.hasNextLine() || !answers.nextLine().strip().equals(database)) {
      throw new PgtrailException(
          ErrorCode.INSTALL_REFUSED, "Not confirmed. Nothing was removed.", null);
    }
  }
}
