package io.pgtrail.retention;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/** Writes a new archive, see docs/reference/archive-format.md. Not safe for concurrent use. */
final class ArchiveWriter implements Closeable {

  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final Disk disk;
  private final GZIPOutputStream lines;
  private final MessageDigest digest = Sha256.start();
  private final BasicFileAttributes created;
  private long batches;

  private ArchiveWriter(Path file, FileChannel channel, Disk disk) throws IOException {
    this.file = file;
    this.channel = channel;
    this.disk = disk;
    this.created = attributes(file);
    this.lines = new GZIPOutputStream(disk.to(channel), BUFFER, true);
  }

  /**
   * Creates the file, for its owner alone.
   *
   * @param disk what is between this and the file
   * @throws java.nio.file.FileAlreadyExistsException if there is such a file
   */
  static ArchiveWriter create(Path file, Disk disk) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly());
    try {
      return new ArchiveWriter(file, channel, disk);
    } catch (IOException failure) {
      channel.close();
      Files.deleteIfExists(file);
      throw failure;
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Writes the header, or a version. */
  void line(String line) throws IOException {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    digest.update(bytes);
    lines.write(bytes);
  }

  /** Closes a batch: what it holds survives from now on whatever happens. */
  void checkpoint(long operations, long versions) throws IOException {
    batches++;
    line(ArchiveMark.CHECKPOINT.line(batches, operations, versions, Sha256.soFar(digest)));
    lines.flush();
    sync();
  }

  /**
   * Ends the archive.
   *
   * @return its SHA-256
   */
  String end(long operations, long versions) throws IOException {
    byte[] sha256 = Sha256.soFar(digest);
    line(ArchiveMark.TRAILER.line(batches, operations, versions, sha256));
    lines.finish();
    sync();
    return HexFormat.of().formatHex(sha256);
  }

  private void sync() throws IOException {
    disk.sync(channel);
    syncDirectory();
    // A file that was deleted or replaced goes on taking what is written, and keeps nothing.
    BasicFileAttributes found = attributes(file);
    if (!Objects.equals(found.fileKey(), created.fileKey()) || found.size() != channel.position()) {
      throw new FileNotFoundException("it was moved, replaced or cut off meanwhile");
    }
  }

  /** Not every system can: then the name of the file is as safe as the system makes it. */
  private void syncDirectory() {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      return;
    }
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    } catch (IOException unsupported) {
      // Windows cannot open a directory.
    }
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException gone) {
      throw new FileNotFoundException("it was deleted meanwhile");
    }
  }

  /** Leaves the file as it is; without {@link #end} it is seen to be incomplete. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
