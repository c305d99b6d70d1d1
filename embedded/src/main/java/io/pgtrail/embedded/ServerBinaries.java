package io.pgtrail.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of one PostgreSQL release, unpacked.
 *
 * @param major such as 18
 * @param version of the archive, such as {@code 18.6.0}
 * @param directory holds {@code bin}, {@code lib} and {@code share}
 */
record ServerBinaries(int major, String version, Path directory) {

  private static final Properties RELEASES = releases();

  static int defaultMajor() {
    return Integer.parseInt(RELEASES.getProperty("default"));
  }

  String program(String name) {
    return directory.resolve("bin").resolve(name).toString();
  }

  /** Unpacks a release into the cache of the account, unless it is there already. */
  static ServerBinaries of(int major, Platform platform, ServerAccount account) {
    URL archive = archive(major, platform);
    if (archive == null) {
      throw new EmbeddedPostgresException(
          "PostgreSQL %d for %s is not on the class path; available: %s. Ask for one of these, or add its binaries."
              .formatted(major, platform.name(), availableMajors(platform)));
    }
    String version = RELEASES.getProperty(Integer.toString(major));
    Path cache = BinariesCache.directory(account);
    Path unpacked = cache.resolve(version + "-" + platform.name());
    if (!Files.isDirectory(unpacked)) {
      unpackInto(archive, cache, unpacked);
    }
    account.requireReach(unpacked);
    return new ServerBinaries(major, version, unpacked);
  }

  private static @Nullable URL archive(int major, Platform platform) {
    String version = RELEASES.getProperty(Integer.toString(major));
    ClassLoader loader = ServerBinaries.class.getClassLoader();
    if (version == null || loader == null) {
      return null;
    }
    // All releases name their archive alike, so only one of them can be at the root.
    URL beside = loader.getResource("postgresql/" + version + "/" + platform.archive());
    return beside == null && major == defaultMajor()
        ? loader.getResource(platform.archive())
        : beside;
  }

  private static Set<Integer> availableMajors(Platform platform) {
    Set<Integer> majors = new TreeSet<>();
    for (String name : RELEASES.stringPropertyNames()) {
      if (!name.equals("default") && archive(Integer.parseInt(name), platform) != null) {
        majors.add(Integer.valueOf(name));
      }
    }
    return majors;
  }

  /** Unpacks beside the target and renames, so that nobody ever sees half of it. */
  private static void unpackInto(URL archive, Path cache, Path target) {
    try {
      Path partial = Files.createTempDirectory(cache, ".unpacking-");
      try {
        unpack(archive, partial);
        Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
        renameUnlessPresent(partial, target);
      } finally {
        Directories.delete(partial);
      }
    } catch (IOException failure) {
      throw new EmbeddedPostgresException(
          "Cannot unpack PostgreSQL into %s (%s). Make room there, or set XDG_CACHE_HOME to a directory that has it."
              .formatted(cache, failure),
          failure);
    }
  }

  private static void renameUnlessPresent(Path partial, Path target) throws IOException {
    try {
      Files.move(partial, target);
    } catch (IOException failure) {
      // Another process was faster.
      if (!Files.isDirectory(target)) {
        throw failure;
      }
    }
  }

  private static void unpack(URL archive, Path directory) throws IOException {
    try (InputStream file = archive.openStream();
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(file)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(entry, tar, directory);
      }
    }
  }

  private static void unpack(TarArchiveEntry entry, InputStream content, Path directory)
      throws IOException {
    Path path = inside(directory, directory.resolve(entry.getName()));
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Files.createDirectories(path.resolveSibling("."));
    if (entry.isSymbolicLink()) {
      inside(directory, path.resolveSibling(entry.getLinkName()));
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(content, path);
    Files.setPosixFilePermissions(path, permissions((entry.getMode() & 0111) != 0));
  }

  private static Path inside(Path directory, Path path) throws IOException {
    Path normal = path.normalize();
    if (!normal.startsWith(directory)) {
      throw new IOException("the archive would write outside of its directory: " + path);
    }
    return normal;
  }

  private static Set<PosixFilePermission> permissions(boolean executable) {
    return EnumSet.copyOf(PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private static Properties releases() {
    Properties releases = new Properties();
    try (InputStream file = ServerBinaries.class.getResourceAsStream("postgresql.properties")) {
      releases.load(Objects.requireNonNull(file));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return releases;
  }
}
