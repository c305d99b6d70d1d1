package io.pgtrail.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one server: PostgreSQL's own data, and beside it the password, the log and a
 * lock that is ours as long as this object is open.
 */
final class ServerHome implements AutoCloseable {

  private static final String DATA = "pgdata";
  private static final String PARTIAL = "pgdata.new-";
  private static final Set<String> OURS = Set.of("password", "lock", "server.log", "server.log.1");
  private static final int LOG_TAIL = 16 * 1024;

  private final Path directory;
  private final FileChannel lock;

  private ServerHome(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /** Creates the directory if need be, checks that it is one of ours or empty, and locks it. */
  static ServerHome open(Path directory) {
    try {
      Files.createDirectories(directory);
      requireOurs(directory);
      return new ServerHome(directory, lock(directory));
    } catch (FileAlreadyExistsException failure) {
      throw new EmbeddedPostgresException(
          "%s is not a directory. Choose another data directory.".formatted(directory), failure);
    } catch (IOException failure) {
      throw cannotUse(directory, failure);
    }
  }

  private static EmbeddedPostgresException cannotUse(Path directory, IOException failure) {
    return new EmbeddedPostgresException(
        "Cannot use the data directory %s (%s). Make it yours and writable, or choose another."
            .formatted(directory, failure),
        failure);
  }

  private static void requireOurs(Path directory) throws IOException {
    List<String> names = Directories.names(directory);
    if (names.contains("PG_VERSION")) {
      throw new EmbeddedPostgresException(
          "%s holds the data of a PostgreSQL server that pgtrail did not create. Start that server with its own programs and connect to it, or choose an empty directory."
              .formatted(directory));
    }
    boolean foreign =
        names.stream()
            .anyMatch(
                name ->
                    !OURS.contains(name)
                        && !name.startsWith(PARTIAL)
                        && !name.equals("lost+found"));
    if (foreign && !names.contains(DATA)) {
      throw new EmbeddedPostgresException(
          "%s is not empty and holds no data of pgtrail. Choose an empty or new directory."
              .formatted(directory));
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock held = null;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException ours) {
      // This very program has it.
    } finally {
      if (held == null) {
        channel.close();
      }
    }
    if (held == null) {
      throw new EmbeddedPostgresException(
          "The data directory %s is in use by a running server%s. Stop it first, or choose another directory."
              .formatted(directory, describeServer(directory)));
    }
    return channel;
  }

  private static String describeServer(Path directory) throws IOException {
    Path file = directory.resolve(DATA).resolve("postmaster.pid");
    try {
      return " (process " + Files.readAllLines(file, StandardCharsets.UTF_8).get(0) + ")";
    } catch (NoSuchFileException | IndexOutOfBoundsException notYet) {
      return "";
    }
  }

  Path directory() {
    return directory;
  }

  Path data() {
    return directory.resolve(DATA);
  }

  Path log() {
    return directory.resolve("server.log");
  }

  boolean hasData() {
    return Files.exists(data());
  }

  /** Fails when the data was written by another major version. */
  void requireMajor(int major) {
    try {
      String found = Files.readString(data().resolve("PG_VERSION")).strip();
      if (!found.equals(Integer.toString(major))) {
        throw new EmbeddedPostgresException(
            "The data directory %s belongs to PostgreSQL %s and cannot be opened by %d. Ask for version %s, or choose a new directory and move the data with pg_dump."
                .formatted(directory, found, major, found));
      }
    } catch (IOException failure) {
      throw cannotUse(directory, failure);
    }
  }

  /** Gives the superuser's password; makes a random one for a directory that has no data yet. */
  String password() {
    Path file = passwordFile();
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      if (hasData()) {
        throw new EmbeddedPostgresException(
            "The password of the data directory %s is missing. Put it back into %s."
                .formatted(directory, file));
      }
      String password = randomPassword();
      writePrivately(file, password);
      return password;
    } catch (IOException failure) {
      throw cannotUse(directory, failure);
    }
  }

  Path passwordFile() {
    return directory.resolve("password");
  }

  private static String randomPassword() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Never visible half-written, never readable by anyone else. */
  private static void writePrivately(Path file, String content) throws IOException {
    Path partial = file.resolveSibling("password.new");
    Files.deleteIfExists(partial);
    Files.createFile(
        partial,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap((content + "\n").getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    }
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Names a place to create the data in; what an interrupted attempt left there is deleted. */
  Path newData() throws IOException {
    for (String name : Directories.names(directory)) {
      if (name.startsWith(PARTIAL)) {
        Directories.delete(directory.resolve(name));
      }
    }
    return directory.resolve(PARTIAL + ProcessHandle.current().pid());
  }

  /** Makes the finished data the data of this directory. */
  void adopt(Path newData) throws IOException {
    Files.move(newData, data(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Begins a new log and keeps the one before. */
  void turnLog() {
    try {
      if (Files.exists(log())) {
        Files.move(
            log(), log().resolveSibling("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
      }
      Files.createFile(
          log(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException failure) {
      throw cannotUse(directory, failure);
    }
  }

  long logSize() {
    try {
      return Files.size(log());
    } catch (IOException failure) {
      return 0;
    }
  }

  /** Reads the end of the log, as far back as the given position at most. */
  String logSince(long position) {
    try (FileChannel channel = FileChannel.open(log())) {
      long start = Math.max(position, channel.size() - LOG_TAIL);
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, channel.size() - start));
      channel.read(bytes, start);
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    } catch (IOException failure) {
      return "(the log cannot be read: " + failure + ")";
    }
  }

  /** Tells the state of the server with this process id, as it writes it itself; null is none. */
  @Nullable String serverState(long processId) {
    try {
      List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
      boolean complete = lines.size() >= 8 && lines.get(0).equals(Long.toString(processId));
      return complete ? lines.get(7).strip() : null;
    } catch (IOException notYet) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException failure) {
      throw cannotUse(directory, failure);
    }
  }
}
