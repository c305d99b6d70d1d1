package io.pgtrail.embedded;

import com.sun.security.auth.module.UnixSystem;
import io.pgtrail.embedded.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The account that the server runs under: our own, unless that is root, which PostgreSQL refuses.
 *
 * @param prefix what to put before a command so that it runs under this account
 * @param owner whom the files of the server must belong to; null for ourselves
 */
record ServerAccount(List<String> prefix, @Nullable Owner owner) {

  /** A user and its group, by number. */
  record Owner(int user, int group) {}

  private static final Path ROOT = Path.of("/");

  ServerAccount {
    prefix = List.copyOf(prefix);
  }

  /** Chooses the account for a directory that exists, as its owner decides. */
  static ServerAccount forDirectory(Path directory) {
    if (new UnixSystem().getUid() != 0) {
      return new ServerAccount(List.of(), null);
    }
    Owner owner = ownerOf(directory);
    if (owner.user() != 0) {
      return switchedTo(owner);
    }
    // In a user namespace root looks like nobody to PostgreSQL and still owns its files.
    Outcome namespace = Program.run(ROOT, List.of("unshare", "-U", "id", "-u"));
    if (namespace.succeeded() && !namespace.output().equals("0")) {
      return new ServerAccount(List.of("unshare", "-U", "--"), null);
    }
    return nobody();
  }

  static ServerAccount nobody() {
    return switchedTo(new Owner(idOfNobody("-u"), idOfNobody("-g")));
  }

  private static ServerAccount switchedTo(Owner owner) {
    List<String> prefix =
        List.of(
            "setpriv",
            "--reuid=" + owner.user(),
            "--regid=" + owner.group(),
            "--clear-groups",
            "--");
    List<String> attempt = new ArrayList<>(prefix);
    attempt.add("true");
    Outcome outcome = Program.run(ROOT, attempt);
    if (!outcome.succeeded()) {
      throw new EmbeddedPostgresException(
          "PostgreSQL does not run as root, and neither 'unshare -U' nor 'setpriv' can leave that account here (%s). Run pgtrail as another user."
              .formatted(outcome.output()));
    }
    return new ServerAccount(prefix, owner);
  }

  private static int idOfNobody(String option) {
    Outcome outcome = Program.run(ROOT, List.of("id", option, "nobody"));
    return outcome.succeeded() ? Integer.parseInt(outcome.output()) : 65534;
  }

  private static Owner ownerOf(Path path) {
    try {
      return new Owner(
          (int) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS),
          (int) Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS));
    } catch (IOException failure) {
      throw new EmbeddedPostgresException("Cannot tell who owns " + path + ".", failure);
    }
  }

  /** Whether the server's account can read only what everyone can. */
  boolean isForeign() {
    return owner != null;
  }

  List<String> command(List<String> command) {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(command);
    return whole;
  }

  /** Gives a file, or a directory with all in it, to the account. */
  void own(Path path) throws IOException {
    if (owner == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.setAttribute(file, "unix:uid", owner.user(), LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(file, "unix:gid", owner.group(), LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  /** Fails when the account cannot reach the directory, which is so under a home directory. */
  void requireReach(Path directory) {
    if (owner == null) {
      return;
    }
    if (!Program.run(ROOT, command(List.of("test", "-x", directory.toString()))).succeeded()) {
      throw new EmbeddedPostgresException(
          "PostgreSQL does not run as root, and the account that it uses instead (number %d) cannot reach %s. Choose a directory whose parents everyone may enter, such as one in /var/lib."
              .formatted(owner.user(), directory));
    }
  }
}
