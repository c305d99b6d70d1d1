package io.pgtrail.cli;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.install.Installer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code pgtrail upgrade}: brings an older installation up to date. */
@Command(
    name = "upgrade",
    description = "Bring an installation up to the version of this program.",
    footer = {"", "Refuses (exit code 4) where pgtrail is not installed, or is newer."})
final class UpgradeCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  UpgradeCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    TrailDataSource dataSource = root.dataSource();
    Installer installer = new Installer(dataSource);
    if (installer.installedVersion().isEmpty()) {
      throw new PgtrailException(
          ErrorCode.NOT_INSTALLED,
          "pgtrail is not installed in " + dataSource.settings().database(),
          "Install it with: pgtrail install");
    }
    InstallCommand.print(dataSource, installer.install(), root.console());
    return 0;
  }
}
