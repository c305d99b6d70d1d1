package io.pgtrail.testkit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * Copies the data of a running server, as {@code pg_basebackup} does, which the embedded binaries
 * lack. Write-ahead log is not copied: the copy streams it.
 */
final class BaseBackup {

  /** Directories whose contents belong to one server or are made anew when it starts. */
  private static final Set<String> EMPTIED =
      Set.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");

  private static final Set<String> LEFT_OUT =
      Set.of("postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map");

  private BaseBackup() {}

  /**
   * Copies.
   *
   * @param server leads to the server, as superuser
   * @param majorVersion of the server
   * @param data the data directory of the server
   * @param target where the copy goes; does not exist
   */
  static void copy(Login server, int majorVersion, Path data, Path target)
      throws SQLException, IOException {
    boolean renamed = majorVersion >= 15;
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      // The backup ends with the connection that began it.
      statement
          .executeQuery(
              renamed
                  ? "select pg_catalog.pg_backup_start('standby', true)"
                  : "select pg_catalog.pg_start_backup('standby', true, false)")
          .close();
      Files.walkFileTree(data, new Copy(data, target));
      try (ResultSet end =
          statement.executeQuery(
              renamed
                  ? "select labelfile, spcmapfile from pg_catalog.pg_backup_stop(false)"
                  : "select labelfile, spcmapfile from pg_catalog.pg_stop_backup(false, false)")) {
        end.next();
        if (!end.getString(2).isEmpty()) {
          throw new IllegalStateException("A tablespace cannot be copied: " + end.getString(2));
        }
        Files.writeString(target.resolve("backup_label"), end.getString(1));
      }
    }
  }

  private static final class Copy extends SimpleFileVisitor<Path> {

    private final Path from;
    private final Path to;

    private Copy(Path from, Path to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      Files.createDirectory(
          copyOf(directory),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return EMPTIED.contains(from.relativize(directory).toString())
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (!attributes.isRegularFile() || LEFT_OUT.contains(from.relativize(file).toString())) {
        return FileVisitResult.CONTINUE;
      }
      try {
        Files.copy(file, copyOf(file));
      } catch (NoSuchFileException removedMeanwhile) {
        // Then the log says so, too.
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }

    private Path copyOf(Path path) {
      return to.resolve(from.relativize(path));
    }
  }
}
