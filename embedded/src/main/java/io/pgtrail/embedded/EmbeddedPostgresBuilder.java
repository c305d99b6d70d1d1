package io.pgtrail.embedded;

import io.pgtrail.embedded.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Describes an {@link EmbeddedPostgres} before it starts. Not safe for concurrent use. */
public final class EmbeddedPostgresBuilder {

  static final String SUPERUSER = "postgres";

  private static final int FIRST_WITH_JSON = 15;

  private static final long ROOM_IN_MEMORY = 1L << 30;
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final Pattern SETTING_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.]*");

  private int majorVersion = ServerBinaries.defaultMajor();
  private int port;
  private boolean inMemory;
  private boolean collectingLog;
  private @Nullable Path dataDirectory;
  private @Nullable ServerAccount account;
  private final Map<String, String> settings = new LinkedHashMap<>();

  EmbeddedPostgresBuilder() {
    settings.put("listen_addresses", "127.0.0.1");
    settings.put("unix_socket_directories", "");
  }

  /**
   * Chooses the major version; default is the one that is shipped.
   *
   * @param major such as 18; its binaries must be on the class path
   */
  public EmbeddedPostgresBuilder majorVersion(int major) {
    this.majorVersion = major;
    return this;
  }

  /**
   * Keeps the data in this directory and finds it there at the next start; default is a temporary
   * directory, deleted at the end.
   *
   * @param directory empty, new, or used like this before by the same major version
   */
  public EmbeddedPostgresBuilder dataDirectory(Path directory) {
    this.dataDirectory = directory.toAbsolutePath().normalize();
    return this;
  }

  /** Puts temporary data into memory where the machine has room for it: a quicker start. */
  public EmbeddedPostgresBuilder inMemory() {
    this.inMemory = true;
    return this;
  }

  /**
   * Chooses the TCP port on 127.0.0.1; default is 0.
   *
   * @param number 1 to 65535, or 0 for any free port
   */
  public EmbeddedPostgresBuilder port(int number) {
    if (number < 0 || number > 65535) {
      throw new IllegalArgumentException("A port is 1 to 65535, or 0 for any: " + number);
    }
    this.port = number;
    return this;
  }

  /**
   * Sets a server parameter, which {@code ALTER SYSTEM} cannot change then.
   *
   * @param name such as {@code work_mem}
   * @param value as in {@code postgresql.conf}, without quotes
   */
  public EmbeddedPostgresBuilder setting(String name, String value) {
    if (!SETTING_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("Not the name of a server parameter: " + name);
    }
    settings.put(name, value);
    return this;
  }

  /**
   * Lets the server write its log as {@code csvlog} too, and as {@code jsonlog} where it can,
   * beside {@link EmbeddedPostgres#logFile()}: so it can be read over a connection.
   */
  public EmbeddedPostgresBuilder collectingLog() {
    this.collectingLog = true;
    return this;
  }

  /** Runs the server under this account; for tests of machines unlike ours. */
  EmbeddedPostgresBuilder account(ServerAccount chosen) {
    this.account = chosen;
    return this;
  }

  /**
   * Starts the server and waits until it accepts connections.
   *
   * @return the running server, for the caller to close
   * @throws EmbeddedPostgresException if it cannot be started; the message says what to do
   */
  public EmbeddedPostgres start() {
    Platform platform = Platform.current();
    Path temporary = dataDirectory == null ? temporaryDirectory() : null;
    ServerHome home = ServerHome.open(temporary == null ? given() : temporary);
    try {
      return start(platform, home, temporary);
    } catch (RuntimeException | Error failure) {
      EmbeddedPostgres.discard(home, temporary);
      throw failure;
    }
  }

  private EmbeddedPostgres start(Platform platform, ServerHome home, @Nullable Path temporary) {
    if (home.hasData()) {
      home.requireMajor(majorVersion);
    }
    ServerAccount runsAs = account == null ? ServerAccount.forDirectory(home.directory()) : account;
    ServerBinaries binaries = ServerBinaries.of(majorVersion, platform, runsAs);
    String password = home.password();
    home.turnLog();
    giveTo(runsAs, home);
    if (collectingLog) {
      collectLog(home);
    }
    if (!home.hasData()) {
      initialize(home, binaries, runsAs, platform);
    }
    ServerStart start = new ServerStart(home, binaries, runsAs, settings, temporary);
    ServerStart.Started started = start.on(port);
    EmbeddedPostgres server =
        new EmbeddedPostgres(
            home, binaries, started.process(), started.port(), password, temporary);
    server.stopWithProgram();
    return server;
  }

  private void collectLog(ServerHome home) {
    settings.put("logging_collector", "on");
    settings.put(
        "log_destination",
        majorVersion < FIRST_WITH_JSON ? "stderr, csvlog" : "stderr, csvlog, jsonlog");
    // Functions that read files are allowed an absolute path, not one that leads out of the data.
    settings.put("log_directory", home.directory().toString());
    settings.put("log_filename", String.valueOf(home.log().getFileName()));
  }

  private Path given() {
    return Objects.requireNonNull(dataDirectory);
  }

  private Path temporaryDirectory() {
    try {
      return inMemory && hasRoomInMemory()
          ? Files.createTempDirectory(MEMORY, "pgtrail-")
          : Files.createTempDirectory("pgtrail-");
    } catch (IOException failure) {
      throw new EmbeddedPostgresException(
          "Cannot create a temporary data directory (%s). Make room, or name a data directory."
              .formatted(failure),
          failure);
    }
  }

  private static void giveTo(ServerAccount account, ServerHome home) {
    try {
      account.own(home.directory());
    } catch (IOException failure) {
      throw new EmbeddedPostgresException(
          "Cannot give %s to the account that PostgreSQL runs under (%s)."
              .formatted(home.directory(), failure),
          failure);
    }
    account.requireReach(home.directory());
  }

  /** Containers often have 64 MB there, which a server fills at once. */
  private static boolean hasRoomInMemory() throws IOException {
    return Files.isDirectory(MEMORY)
        && Files.isWritable(MEMORY)
        && Files.getFileStore(MEMORY).getUsableSpace() >= ROOM_IN_MEMORY;
  }

  /** Creates the data in a place of its own and moves it: an interrupted attempt does no harm. */
  private void initialize(
      ServerHome home, ServerBinaries binaries, ServerAccount account, Platform platform) {
    try {
      Path data = home.newData();
      List<String> command = new ArrayList<>();
      command.addAll(List.of(binaries.program("initdb"), "-D", data.toString(), "-U", SUPERUSER));
      command.addAll(List.of("-A", "scram-sha-256", "--pwfile=" + home.passwordFile()));
      command.addAll(List.of("-E", "UTF8", "--locale=" + platform.locale(), "-k"));
      command.add("--no-instructions");
      if ("off".equals(settings.get("fsync"))) {
        command.add("--no-sync");
      }
      Outcome outcome = Program.run(home.directory(), account.command(command));
      if (!outcome.succeeded()) {
        Directories.delete(data);
        throw new EmbeddedPostgresException(
            "PostgreSQL could not create its data in %s. It says:%n%s"
                .formatted(home.directory(), outcome.output()));
      }
      home.adopt(data);
    } catch (IOException failure) {
      throw new EmbeddedPostgresException(
          "Cannot create the data of PostgreSQL in %s (%s). Make room there, or choose another data directory."
              .formatted(home.directory(), failure),
          failure);
    }
  }
}
