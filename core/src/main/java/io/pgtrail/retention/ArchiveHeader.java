package io.pgtrail.retention;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * First line of an archive.
 *
 * @param format version of the format
 * @param product version of pgtrail that wrote it
 * @param database name of the database, as JSON writes it
 * @param cleanup key of the operation that recorded the cleanup, in hexadecimal
 * @param before the archived operations began before it
 */
public record ArchiveHeader(
    int format, String product, String database, String cleanup, String before) {

  /** The format that this version writes and reads. */
  static final int FORMAT = 1;

  private static final Pattern LINE =
      Pattern.compile(
          "\\{\"pgtrail_archive\":(\\d{1,9}),\"product\":\"([^\"]*)\",\"database\":\"((?:[^\"\\\\]|\\\\.)*)\","
              + "\"cleanup\":\"([0-9a-f]+)\",\"before\":\"([^\"]*)\",\"started\":\"[^\"]*\"\\}");

  static Optional<ArchiveHeader> read(String line) {
    Matcher matcher = LINE.matcher(line);
    return matcher.matches()
        ? Optional.of(
            new ArchiveHeader(
                Integer.parseInt(matcher.group(1)),
                matcher.group(2),
                matcher.group(3),
                matcher.group(4),
                matcher.group(5)))
        : Optional.empty();
  }
}
