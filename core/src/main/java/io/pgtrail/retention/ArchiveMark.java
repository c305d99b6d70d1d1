package io.pgtrail.retention;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lines of an archive that count what is before them. */
enum ArchiveMark {
  CHECKPOINT,
  TRAILER;

  private final Pattern pattern =
      Pattern.compile(
          "\\{\"%s\":(\\d{1,18}),\"operations\":(\\d{1,18}),\"versions\":(\\d{1,18}),\"sha256\":\"([0-9a-f]{64})\"\\}"
              .formatted(word()));

  /**
   * What it says.
   *
   * @param extent of everything before it
   * @param sha256 of everything before it
   */
  record Values(ArchiveExtent extent, String sha256) {}

  String line(long batches, long operations, long versions, byte[] sha256) {
    return "{\"%s\":%d,\"operations\":%d,\"versions\":%d,\"sha256\":\"%s\"}"
        .formatted(word(), batches, operations, versions, HexFormat.of().formatHex(sha256));
  }

  Optional<Values> read(String line) {
    Matcher matcher = pattern.matcher(line);
    return matcher.matches()
        ? Optional.of(
            new Values(
                new ArchiveExtent(
                    Long.parseLong(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    Long.parseLong(matcher.group(3))),
                matcher.group(4)))
        : Optional.empty();
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
