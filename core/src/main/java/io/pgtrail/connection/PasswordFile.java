package io.pgtrail.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A file like {@code ~/.pgpass}, read as libpq reads it: {@code host:port:database:user:password},
 * {@code *} for anything, a backslash before a colon or backslash that is meant. The driver has a
 * reader of its own; it takes the password also from a file that others may read, which libpq
 * refuses.
 */
record PasswordFile(Path path) {

  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  /** Why the file must not be used; empty when it may be, or is not there. */
  Optional<String> objection() throws IOException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(path)) {
      return Optional.of("password file " + path + " is not a plain file");
    }
    for (PosixFilePermission permission : Files.getPosixFilePermissions(path)) {
      if (OTHERS.contains(permission)) {
        return Optional.of(
            "password file "
                + path
                + " has group or world access and was not used; run: chmod 600 "
                + path);
      }
    }
    return Optional.empty();
  }

  /** The password of the first line that fits. */
  Optional<String> password(String host, String port, String database, String user)
      throws IOException {
    if (!Files.isReadable(path)) {
      return Optional.empty();
    }
    List<String> wanted = List.of(host, port, database, user);
    return Files.readAllLines(path).stream()
        .filter(line -> !line.startsWith("#"))
        .map(PasswordFile::fields)
        .filter(fields -> fields.size() >= 5 && fits(fields, wanted))
        .map(fields -> unescape(fields.get(4)))
        .filter(password -> !password.isEmpty())
        .findFirst();
  }

  private static boolean fits(List<String> fields, List<String> wanted) {
    for (int i = 0; i < wanted.size(); i++) {
      if (!fields.get(i).equals("*") && !unescape(fields.get(i)).equals(wanted.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Splits at colons that no backslash precedes, and leaves the backslashes in. */
  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char character = line.charAt(i);
      if (character == '\\' && i + 1 < line.length()) {
        field.append(character).append(line.charAt(++i));
      } else if (character == ':') {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(character);
      }
    }
    fields.add(field.toString());
    return fields;
  }

  private static String unescape(String field) {
    return field.replaceAll("\\\\(.)", "$1");
  }
}
