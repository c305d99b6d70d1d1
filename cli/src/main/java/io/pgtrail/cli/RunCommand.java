package io.pgtrail.cli;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.script.Cancellation;
import io.pgtrail.script.ScriptFailure;
import io.pgtrail.script.ScriptOutcome;
import io.pgtrail.script.SqlScript;
import io.pgtrail.tracking.OperationEnd;
import io.pgtrail.tracking.OperationStart;
import io.pgtrail.tracking.TrackedOperation;
import io.pgtrail.tracking.Tracker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pgtrail run}: runs a program or a script as a tracked operation. */
@Command(
    name = "run",
    description = "Run a program or an SQL script as a tracked operation.",
    exitCodeListHeading = "%nExit codes of a program:%n",
    exitCodeList = {
      "n:what the program ended with; the operation is FAILED unless it is 0",
      "126, 127:it cannot be executed, or there is none of this name",
      "128+n:signal n ended it",
      "3:the database cannot be reached: the program was not run"
    },
    footer = {
      "",
      "The record is kept on a connection of its own, so it survives the failure of the work. The",
      "program has the terminal, the pipes and the signals. A script runs in one transaction;",
      "commands of psql in it are refused.",
      "",
      "Examples:",
      "  pgtrail run --name \"Nightly import\" --type DATA_IMPORT -- ./import.sh --all",
      "  pgtrail run --name \"Add customers\" --type MIGRATION --sql customers.sql",
      "  generate | pgtrail run --name \"Generated\" --sql -"
    })
final class RunCommand implements Callable<Integer> {

  private final PgtrailCommand root;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME",
      description = "What is being done, in 1 to 255 characters.")
  private String name = "";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "MANUAL",
      description = "MIGRATION, MAINTENANCE or any word; default ${DEFAULT-VALUE}.")
  private String type = "MANUAL";

  @Option(
      names = "--metadata",
      paramLabel = "KEY=VALUE",
      description = "Something to remember of it; may be given several times.")
  private Map<String, String> metadata = new LinkedHashMap<>();

  @Option(names = "--sql", paramLabel = "FILE", description = "An SQL script; - is standard input.")
  private @Nullable String script;

  @Option(
      names = "--even-untracked",
      description = "Run the program also when the database cannot be reached.")
  private boolean evenUntracked;

  @Parameters(paramLabel = "COMMAND", description = "The program and its arguments, after --")
  private List<String> command = new ArrayList<>();

  RunCommand(PgtrailCommand root) {
    this.root = root;
  }

  /** Options after the program's name are the program's. */
  static CommandLine commandLine(PgtrailCommand root) {
    return new CommandLine(new RunCommand(root)).setStopAtPositional(true);
  }

  @Override
  public Integer call() throws IOException {
    if ((script == null) == command.isEmpty()) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "Give either a program after -- or a script with --sql",
          "pgtrail run --name NAME -- COMMAND, or pgtrail run --name NAME --sql FILE");
    }
    return script == null ? runProgram() : runScript(script);
  }

  @SuppressWarnings("try") // Signals are received as long as they are open.
  private int runProgram() {
    ChildProgram program = new ChildProgram(command);
    try (Signals signals = Signals.to(program::signal)) {
      TrackedOperation operation;
      try {
        operation = start(root.dataSource(), commandText(), null);
      } catch (PgtrailException failure) {
        if (!evenUntracked) {
          throw failure;
        }
        root.explain(failure);
        root.console().remark("pgtrail: running it without a record");
        return run(program).exitCode();
      }
      try (operation) {
        Ended ended = run(program);
        complete(operation, ended.end());
        return ended.exitCode();
      }
    }
  }

  private record Ended(int exitCode, OperationEnd end) {}

  private Ended run(ChildProgram program) {
    try {
      root.console().flush();
      int exitCode = program.run();
      return new Ended(
          exitCode,
          exitCode == 0
              ? OperationEnd.success()
              : OperationEnd.failure("exit code " + exitCode, String.valueOf(exitCode)));
    } catch (IOException failure) {
      boolean missing = String.valueOf(failure.getMessage()).contains("error=2,");
      String message = command.get(0) + (missing ? ": command not found" : ": cannot be executed");
      root.console().remark("pgtrail: " + message);
      int exitCode = missing ? ChildProgram.NOT_FOUND : ChildProgram.NOT_EXECUTABLE;
      return new Ended(exitCode, OperationEnd.failure(message, String.valueOf(exitCode)));
    }
  }

  @SuppressWarnings("try") // Signals are received as long as they are open.
  private int runScript(String file) throws IOException {
    String text = read(file);
    SqlScript sql = new SqlScript(text);
    TrailDataSource dataSource = root.dataSource();
    Cancellation cancellation = new Cancellation();
    try (Signals signals = Signals.to(name -> cancellation.cancel());
        TrackedOperation operation = start(dataSource, text, file.equals("-") ? null : file)) {
      ScriptOutcome outcome = execute(sql, dataSource, operation, cancellation);
      complete(
          operation,
          outcome.fold(
              done -> new OperationEnd(true, null, null, done.rows()),
              failed ->
                  OperationEnd.failure(failed.failure().summary(), failed.failure().sqlState())));
      return outcome.fold(done -> 0, failed -> explain(file, failed.failure()));
    }
  }

  private ScriptOutcome execute(
      SqlScript sql,
      TrailDataSource dataSource,
      TrackedOperation operation,
      Cancellation cancellation) {
    try {
      return sql.execute(
          dataSource, notice -> root.console().remark("NOTICE: " + notice), cancellation);
    } catch (PgtrailException failure) {
      complete(
          operation,
          OperationEnd.failure(String.valueOf(failure.getMessage()), failure.code().sqlState()));
      throw failure;
    }
  }

  private int explain(String file, ScriptFailure failure) {
    String place = file + (failure.line() == 0 ? "" : ":" + failure.line());
    root.console()
        .remark("pgtrail: " + place + ": " + failure.message() + " (" + failure.sqlState() + ")");
    String hint = failure.hint();
    if (hint != null) {
      root.console().remark("  hint: " + hint);
    }
    return 1;
  }

  private TrackedOperation start(
      TrailDataSource dataSource, String content, @Nullable String filePath) {
    return new Tracker(dataSource)
        .start(new OperationStart(name, type, content, filePath, metadata));
  }

  /** The work is done and its exit code counts: what fails here is only said. */
  private void complete(TrackedOperation operation, OperationEnd end) {
    try {
      if (!operation.complete(end)) {
        root.console().remark("pgtrail: warning: someone else completed the operation meanwhile");
      }
    } catch (PgtrailException failure) {
      root.console()
          .remark(
              "pgtrail: warning: the end of '"
                  + name
                  + "' could not be recorded, it stays RUNNING: "
                  + failure.getMessage());
    }
  }

  private String read(String file) throws IOException {
    try {
      return file.equals("-")
          ? StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(root.console().in().readAllBytes()))
              .toString()
          : Files.readString(Path.of(file));
    } catch (NoSuchFileException missing) {
      throw unreadable(file + " does not exist", missing);
    } catch (CharacterCodingException malformed) {
      throw unreadable(file + " is not text in UTF-8", malformed);
    } catch (IOException failure) {
      throw unreadable(file + " cannot be read: " + failure.getMessage(), failure);
    }
  }

  private static PgtrailException unreadable(String message, Exception cause) {
    return new PgtrailException(ErrorCode.INVALID_ARGUMENT, message, null, cause);
  }

  /** As one would type it, so that it can be copied from the trail. */
  private String commandText() {
    return command.stream()
        .map(
            word ->
                word.matches("[A-Za-z0-9_@%+=:,./-]+")
                    ? word
                    : "'" + word.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" "));
  }
}
