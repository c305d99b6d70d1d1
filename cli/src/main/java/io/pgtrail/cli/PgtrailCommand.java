package io.pgtrail.cli;

import io.pgtrail.connection.ConnectionSettings;
import io.pgtrail.connection.Environment;
import io.pgtrail.connection.LastingConnection;
import io.pgtrail.connection.ServerFailure;
import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.install.Installer;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The options that all commands share, and what becomes of their errors. */
@Command(
    name = "pgtrail",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    usageHelpAutoWidth = true,
    description = "Records everything that is done to a PostgreSQL database.",
    synopsisHeading = "Usage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the answer is no: a check or a command failed",
      "2:the command line is wrong",
      "3:the database cannot be reached",
      "4:refused: not installed, no right, not possible here",
      "70:an error inside pgtrail"
    })
final class PgtrailCommand implements Runnable {

  private static final String[] FOOTER = {
    "",
    "Connection:",
    "  --url postgresql://user@host:port/database, or what psql reads too: PGHOST, PGPORT,",
    "  PGDATABASE, PGUSER, PGPASSWORD, PGSERVICE, PGSSLMODE, PGAPPNAME, PGCONNECT_TIMEOUT,",
    "  ~/.pgpass and ~/.pg_service.conf. A password is never an argument.",
    "",
    "Environment: NO_COLOR turns colours off.",
    "",
    "Examples:",
    "  pgtrail demo                       see it at work, without a database of your own",
    "  pgtrail install                    into the database that PGDATABASE names",
    "  pgtrail history --since 1d         what was done since yesterday",
    "  pgtrail diff --from 1d              how the schema changed since then",
    "  pgtrail run --name \"Nightly import\" -- ./import.sh",
  };

  private final Console console;
  private final Environment environment;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--url",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description = "Database, as postgresql://user@host:port/database or jdbc:postgresql:...")
  private @Nullable String url;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show where in the program an error comes from.")
  private boolean verbose;

  private final Optional<PageServer> server;

  /**
   * @param server what serves pages; empty where that is not at hand
   */
  PgtrailCommand(Console console, Environment environment, Optional<PageServer> server) {
    this.console = console;
    this.environment = environment;
    this.server = server;
  }

  /** The command with all its subcommands. */
  CommandLine commandLine() {
    CommandLine commandLine =
        new CommandLine(this)
            .addSubcommand(new DemoCommand(this, server))
            .addSubcommand(new InstallCommand(this))
            .addSubcommand(new UpgradeCommand(this))
            .addSubcommand(new UninstallCommand(this))
            .addSubcommand(new DoctorCommand(this))
            .addSubcommand(new DashboardCommand(this))
            .addSubcommand(new HistoryCommand(this))
            .addSubcommand(new ErrorsCommand(this))
            .addSubcommand(new HealthCommand(this))
            .addSubcommand(new PerformanceCommand(this))
            .addSubcommand(new AnomaliesCommand(this))
            .addSubcommand(new LogCommand(this))
            .addSubcommand(new ShowCommand(this))
            .addSubcommand(new DiffCommand(this))
            .addSubcommand(new RollbackCommand(this))
            .addSubcommand(new SchemaCommand(this))
            .addSubcommand(new ImpactCommand(this))
            .addSubcommand(RunCommand.commandLine(this))
            .addSubcommand(new MigrateCommand(this))
            .addSubcommand(new CleanupCommand(this))
            .addSubcommand(ArchiveCommand.commandLine(this))
            .addSubcommand(LogsCommand.commandLine(this))
            .addSubcommand("generate-completion", completion());
    server.ifPresent(
        pages ->
            commandLine
                .addSubcommand(new ServeCommand(this, pages))
                .addSubcommand(AccountCommand.commandLine(this, pages)));
    commandLine.getCommandSpec().versionProvider(version()).usageMessage().footer(FOOTER);
    provideVersion(commandLine);
    return commandLine
        .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8))
        .setColorScheme(CommandLine.Help.defaultColorScheme(colors()))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(this::explainUsage)
        .setExecutionExceptionHandler((failure, command, result) -> explain(failure));
  }

  private static CommandLine completion() {
    CommandLine completion = new CommandLine(new GenerateCompletion());
    completion
        .getCommandSpec()
        .usageMessage()
        .description("Print completion for bash and zsh: source <(pgtrail generate-completion)");
    return completion;
  }

  private Ansi colors() {
    return console.terminal().colored() ? Ansi.ON : Ansi.OFF;
  }

  /** Also for subcommands, which picocli asks for a provider of their own. */
  private static IVersionProvider version() {
    return () -> new String[] {"pgtrail " + Installer.version()};
  }

  private static void provideVersion(CommandLine commandLine) {
    for (CommandLine subcommand : commandLine.getSubcommands().values()) {
      subcommand.getCommandSpec().versionProvider(version());
      provideVersion(subcommand);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  Console console() {
    return console;
  }

  Environment environment() {
    return environment;
  }

  /** What {@code --url} says; NULL without it. */
  @Nullable String url() {
    return url;
  }

  /** The database that the command line and the environment name. */
  TrailDataSource dataSource() {
    return dataSource(url);
  }

  /** The database that a URL names, with what it leaves out from the environment. */
  TrailDataSource dataSource(@Nullable String url) {
    ConnectionSettings settings = ConnectionSettings.resolve(url, environment);
    settings.warnings().forEach(warning -> console.remark("pgtrail: warning: " + warning));
    return settings.dataSource();
  }

  /**
   * Access to that database.
   *
   * @param lasting whether one connection is kept for many questions
   */
  Jdbi jdbi(boolean lasting) {
    TrailDataSource dataSource = dataSource();
    return lasting ? Jdbi.create(new LastingConnection(dataSource)) : Jdbi.create(dataSource);
  }

  private int explainUsage(ParameterException failure, String[] arguments) {
    String command = failure.getCommandLine().getCommandSpec().qualifiedName();
    if (failure.getCause() instanceof PgtrailException cause) {
      return explain(cause);
    }
    console.remark("pgtrail: " + failure.getMessage());
    console.remark("  hint: " + command + " --help");
    return ErrorCode.INVALID_ARGUMENT.exitCode();
  }

  /** Prints why something failed, and gives the exit code. */
  int explain(Exception failure) {
    PgtrailException known =
        failure instanceof RuntimeException wrapper
                && ServerFailure.explain(wrapper) instanceof PgtrailException explained
            ? explained
            : new PgtrailException(
                ErrorCode.INTERNAL,
                "internal error: " + failure,
                "Run it again with --verbose and report what it prints.",
                failure);
    console.remark("pgtrail: " + known.getMessage());
    known.hint().ifPresent(hint -> console.remark("  hint: " + hint));
    if (verbose) {
      failure.printStackTrace(console.err());
    }
    return known.code().exitCode();
  }
}
