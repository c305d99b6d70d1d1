package io.pgtrail.cli;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.install.Installed;
import io.pgtrail.install.Installer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code pgtrail install}: puts pgtrail into a database. */
@Command(
    name = "install",
    description = "Put pgtrail into a database; from then on every schema change is recorded.",
    footer = {
      "",
      "Needs a superuser, or the provider's master user, for the event triggers. Installing twice",
      "does nothing the second time; an older installation is upgraded.",
      "",
      "Example:",
      "  pgtrail --url postgresql://postgres@localhost/shop install"
    })
final class InstallCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  InstallCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    TrailDataSource dataSource = root.dataSource();
    print(dataSource, new Installer(dataSource).install(), root.console());
    root.console().remark("Next:  pgtrail doctor    examines the installation");
    root.console().remark("       pgtrail history   shows what was recorded");
    return 0;
  }

  /** What an installation or upgrade did. */
  static void print(TrailDataSource dataSource, Installed installed, Console console) {
    String where = dataSource.settings().database() + " on " + dataSource.settings().server();
    int steps = installed.steps().size();
    if (installed.changed()) {
      console.say("Applied " + steps + (steps == 1 ? " step" : " steps"));
    }
    installed.notices().forEach(notice -> console.say("Note: " + SafeText.line(notice)));
    console.say(
        SafeText.line(
            installed.changed()
                ? "pgtrail " + installed.version() + " is installed in " + where
                : "pgtrail " + installed.version() + " was installed in " + where + " already"));
  }
}
