package io.pgtrail.embedded;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Where unpacked releases are kept from one run to the next. */
final class BinariesCache {

  /** The server reads its programs from here when it runs under another account than ours. */
  private static final Path SHARED = Path.of("/var/cache");

  private BinariesCache() {}

  /** Gives the cache that the account can read; it exists and only we can write to it. */
  static Path directory(ServerAccount account) {
    Path base = account.isForeign() ? SHARED : own();
    try {
      return Files.createDirectories(base.resolve("pgtrail").resolve("postgresql"));
    } catch (IOException failure) {
      return temporary(failure);
    }
  }

  private static Path own() {
    String configured = System.getenv("XDG_CACHE_HOME");
    if (configured != null && Path.of(configured).isAbsolute()) {
      return Path.of(configured);
    }
    return Path.of(System.getProperty("user.home", "/")).resolve(".cache");
  }

  /** Accounts of services have no writable home. */
  private static Path temporary(IOException reason) {
    long user = new UnixSystem().getUid();
    Path directory =
        Path.of(System.getProperty("java.io.tmpdir", "/tmp")).resolve("pgtrail-cache-" + user);
    try {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      }
      int owner = (int) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      if (owner == user) {
        return directory;
      }
    } catch (IOException failure) {
      reason.addSuppressed(failure);
    }
    throw new EmbeddedPostgresException(
        "There is no directory to unpack PostgreSQL into (%s). Set XDG_CACHE_HOME to a directory that you can write to."
            .formatted(reason),
        reason);
  }
}
