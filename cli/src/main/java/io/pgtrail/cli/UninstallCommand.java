package io.pgtrail.cli;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.install.Installer;
import io.pgtrail.install.Uninstalled;
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
      Confirmation.require(
          root.console(),
          dataSource.settings().database(),
          "This deletes the whole trail of %s for good.",
          ErrorCode.INSTALL_REFUSED);
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
}
