package io.pgtrail.cli;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.logs.LogImport;
import io.pgtrail.logs.LogReading;
import io.pgtrail.logs.LogSetting;
import io.pgtrail.logs.LogSetup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jdbi.v3.core.Jdbi;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgtrail logs}: what the server's own log says. */
@Command(name = "logs", description = "Record what failed or was refused, from the server's log.")
final class LogsCommand implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  private LogsCommand() {}

  static CommandLine commandLine(PgtrailCommand root) {
    return new CommandLine(new LogsCommand())
        .addSubcommand(new Setup(root))
        .addSubcommand(new Import(root));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "What about the log?");
  }

  /** {@code pgtrail logs setup}: which settings are needed, and are they set? */
  @Command(
      name = "setup",
      description = "Show what the log reader needs of the server; with --apply, set it.",
      footer = {
        "",
        "The exit code is 1 while something is missing. --apply changes settings of the whole server",
        "and lets pgtrail_owner, as which nobody logs in, read the log: for superusers.",
        "",
        "Examples:",
        "  pgtrail logs setup",
        "  pgtrail logs setup --apply"
      })
  static final class Setup implements Callable<Integer> {

    private static final Listing<LogSetting> LISTING =
        new Listing<LogSetting>()
            .with(Column.shown("needs"), LogSetting::subject)
            .with(Column.shown("to_be"), LogSetting::needed)
            .with(Column.shown("is"), LogSetting::actual)
            .with(Column.shown("status"), setting -> setting.holds() ? "OK" : "MISSING")
            .with(Column.detail("needs_restart"), LogSetting::needsRestart)
            .with(Column.detail("remedy"), LogSetting::remedy);

    private final PgtrailCommand root;

    @Option(names = "--apply", description = "Set what is missing.")
    private boolean apply;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Option(
        names = "--format",
        defaultValue = "table",
        description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Format format = Format.table;

    Setup(PgtrailCommand root) {
      this.root = root;
    }

    @Override
    public Integer call() {
      TrailDataSource dataSource = root.dataSource();
      LogSetup setup = new LogSetup(Jdbi.create(dataSource));
      List<LogSetting> settings = setup.settings();
      if (apply && missing(settings)) {
        consent(settings, dataSource.settings().database());
        settings = setup.apply();
      }
      LISTING.print(settings, format, root.console());
      if (format == Format.table) {
        advise(settings);
      }
      return missing(settings) ? 1 : 0;
    }

    private static boolean missing(List<LogSetting> settings) {
      return settings.stream().anyMatch(setting -> !setting.holds());
    }

    private void consent(List<LogSetting> settings, String database) {
      if (!yes) {
        root.console().remark("This is to be executed:");
        settings.forEach(this::remark);
        Confirmation.require(
            root.console(),
            database,
            "This changes settings of the whole server that %s is on.",
            ErrorCode.NOT_PERMITTED);
      }
    }

    private void remark(LogSetting setting) {
      if (setting.remedy() != null) {
        root.console().remark("  " + setting.remedy() + ";");
      }
    }

    private void advise(List<LogSetting> settings) {
      if (!missing(settings)) {
        root.console().remark("pgtrail serve reads the log.");
      } else if (!apply) {
        root.console().remark("pgtrail logs setup --apply executes, as a superuser:");
        settings.forEach(this::remark);
      }
      if (settings.stream().anyMatch(setting -> !setting.holds() && setting.needsRestart())) {
        root.console().remark("The server must be restarted then.");
      }
    }
  }

  /** {@code pgtrail logs import}: what a file says. */
  @Command(
      name = "import",
      description = "Record what files of the log say, such as those of last year.",
      footer = {
        "",
        "Files are csvlog or jsonlog of PostgreSQL 14 or later, plain or compressed by gzip; - is the",
        "standard input. What was read before, here or by the server, is not recorded twice. For",
        "members of pgtrail_admin.",
        "",
        "Examples:",
        "  pgtrail logs import postgresql-2026-03-01.json",
        "  zcat archive/*.csv.gz | pgtrail logs import -"
      })
  static final class Import implements Callable<Integer> {

    private final PgtrailCommand root;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "What to read.")
    private List<String> files = List.of();

    Import(PgtrailCommand root) {
      this.root = root;
    }

    @Override
    public Integer call() {
      LogImport logs = new LogImport(Jdbi.create(root.dataSource()));
      for (String file : files) {
        LogReading reading = read(logs, file);
        root.console().say(SafeText.line(name(file) + ": " + reading.inWords()));
        if (reading.unfinished() > 0) {
          root.console().remark("Its last record is not whole; import it again when it is.");
        }
      }
      return 0;
    }

    private static String name(String file) {
      return file.equals("-") ? "standard input" : file;
    }

    private LogReading read(LogImport logs, String file) {
      ProgressLine line = new ProgressLine(root.console());
      try (InputStream log =
          file.equals("-") ? root.console().in() : Files.newInputStream(Path.of(file))) {
        return logs.read(log, soFar -> line.show(name(file) + ": " + soFar.inWords()));
      } catch (IOException failure) {
        throw new PgtrailException(
            ErrorCode.INVALID_ARGUMENT, "Cannot read " + failure.getMessage(), null, failure);
      } finally {
        line.clear();
      }
    }
  }
}
