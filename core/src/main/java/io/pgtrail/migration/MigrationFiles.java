package io.pgtrail.migration;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.script.SqlScript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory of migrations: what Flyway would pass over or stumble on is refused before. */
record MigrationFiles(Path directory) {

  static final String NAMES =
      "A migration is named like V1__create_customer.sql, V2.1__add_email.sql or, if it is to run"
          + " again whenever it changes, R__views.sql.";

  /** In what is between them Flyway takes backslashes for data, as psql does. */
  private static final Pattern COPY =
      Pattern.compile("\\bcopy\\b[^;]*\\bfrom\\s+stdin\\b", Pattern.CASE_INSENSITIVE);

  /**
   * @throws PgtrailException {@code INVALID_ARGUMENT}
   */
  MigrationFiles {
    if (!Files.exists(directory)) {
      throw refusal(shown(directory) + " does not exist", null);
    }
    if (!Files.isDirectory(directory)) {
      throw refusal(shown(directory) + " is not a directory", null);
    }
    if (directory.toString().matches(".*[*?].*")) {
      throw refusal("Flyway takes * and ? in " + shown(directory) + " for any text", null);
    }
    List<Path> scripts = scripts(directory);
    if (scripts.isEmpty()) {
      throw refusal("There is no migration in " + shown(directory), NAMES);
    }
    scripts.forEach(MigrationFiles::requireReadable);
  }

  private static List<Path> scripts(Path directory) {
    try (Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      return files
          .filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".sql"))
          .filter(file -> !Files.isDirectory(file))
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw unreadable(directory, failure);
    } catch (UncheckedIOException failure) {
      throw unreadable(directory, failure);
    }
  }

  private static void requireReadable(Path script) {
    String name = String.valueOf(script.getFileName());
    if (!shown(script).equals(script.toString())) {
      throw refusal("The name of " + shown(script) + " has a control character", null);
    }
    if (!name.endsWith(".sql")) {
      throw refusal("Flyway passes over " + shown(script) + ", as it does not end in .sql", null);
    }
    // To read a pipe would wait for whoever writes into it.
    if (Files.exists(script) && !Files.isRegularFile(script)) {
      throw refusal(shown(script) + " is not a regular file", null);
    }
    read(script);
  }

  private static String read(Path script) {
    try {
      return Files.readString(script);
    } catch (CharacterCodingException malformed) {
      throw refusal(shown(script) + " is not text in UTF-8", null);
    } catch (IOException failure) {
      throw unreadable(script, failure);
    }
  }

  /** Refuses commands of psql in a file that is to be run. */
  void requireSql(String script) {
    String text = read(directory.resolve(script));
    int command = SqlScript.psqlCommand(text).orElse(-1);
    if (command >= 0 && !COPY.matcher(text.substring(0, command)).find()) {
      throw refusal(
          script
              + ":"
              + SqlScript.lineOf(text, command)
              + ": this is a command of psql, not SQL, which no server understands",
          "Write it in SQL, or run the file with: pgtrail run --name NAME -- psql -1 -v"
              + " ON_ERROR_STOP=1 -f FILE");
    }
  }

  /** No name moves the cursor or begins another line. */
  static String shown(Path path) {
    StringBuilder shown = new StringBuilder();
    path.toString()
        .chars()
        .forEach(
            character ->
                shown.append(
                    Character.isISOControl(character)
                        ? String.format("\\x%02x", character)
                        : String.valueOf((char) character)));
    return shown.toString();
  }

  private static PgtrailException unreadable(Path path, Exception cause) {
    return new PgtrailException(
        ErrorCode.INVALID_ARGUMENT, shown(path) + " cannot be read: " + reason(cause), null, cause);
  }

  private static String reason(Exception cause) {
    Throwable reason = cause.getCause() == null ? cause : cause.getCause();
    return reason.getClass().getSimpleName();
  }

  private static PgtrailException refusal(String message, @Nullable String hint) {
    return new PgtrailException(ErrorCode.INVALID_ARGUMENT, message, hint);
  }
}
