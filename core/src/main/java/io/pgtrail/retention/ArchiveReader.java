package io.pgtrail.retention;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Examines an archive from begin to end, in constant memory however long it or its lines are. Good
 * for one archive.
 */
final class ArchiveReader {

  private static final int BUFFER = 1 << 16;

  /** Longer than any line that is not a version. */
  private static final int LONGEST_MARK = 4096;

  private static final String VERSION = "{\"script_execution_hk\":\"\\\\x";

  private final MessageDigest digest = Sha256.start();
  private final ByteArrayOutputStream begin = new ByteArrayOutputStream();
  private boolean beginIsDigested;
  private long lines;
  private long operations;
  private long versions;
  private String operation = "";
  private @Nullable ArchiveHeader header;
  private ArchiveExtent proven = ArchiveExtent.NOTHING;
  private @Nullable String sha256;

  /** Something is not as it was written. */
  private static final class Damage extends Exception {

    private static final long serialVersionUID = 1L;

    Damage(String what) {
      super(what);
    }
  }

  ArchiveVerdict read(InputStream compressed) {
    try (GzipMember text = new GzipMember(compressed)) {
      byte[] buffer = new byte[BUFFER];
      for (int length = text.read(buffer); length >= 0; length = text.read(buffer)) {
        take(buffer, length);
      }
      return end();
    } catch (Damage damage) {
      return broken(String.valueOf(damage.getMessage()));
    } catch (IOException failure) {
      return broken(failure.getMessage() + (lines == 0 ? "" : ", after line " + lines));
    }
  }

  private ArchiveVerdict end() throws Damage {
    if (begin.size() > 0) {
      throw new Damage("line " + (lines + 1) + " is cut off");
    }
    if (sha256 == null || header == null) {
      throw new Damage("it ends after line " + lines + " without a trailer");
    }
    return new ArchiveVerdict.Intact(header, proven, sha256);
  }

  private ArchiveVerdict.Broken broken(String problem) {
    String where =
        proven.batches() == 0 ? "" : " (unaltered up to checkpoint " + proven.batches() + ")";
    return new ArchiveVerdict.Broken(problem + where, Optional.ofNullable(header), proven);
  }

  private void take(byte[] buffer, int length) throws Damage {
    int from = 0;
    for (int i = 0; i < length; i++) {
      if (buffer[i] == '\n') {
        add(buffer, from, i + 1 - from);
        endLine();
        from = i + 1;
      }
    }
    add(buffer, from, length - from);
  }

  private void add(byte[] buffer, int from, int length) {
    int room = Math.min(length, LONGEST_MARK - begin.size());
    begin.write(buffer, from, room);
    if (room < length) {
      digestBegin();
      digest.update(buffer, from + room, length - room);
    }
  }

  private void digestBegin() {
    if (!beginIsDigested) {
      digest.update(begin.toByteArray());
      beginIsDigested = true;
    }
  }

  private void endLine() throws Damage {
    lines++;
    String line = begin.toString(StandardCharsets.UTF_8).stripTrailing();
    if (sha256 != null) {
      throw new Damage("line " + lines + " follows the trailer");
    }
    if (lines == 1) {
      header = header(line);
    } else if (line.startsWith(VERSION)) {
      version(line);
    } else {
      mark(line);
    }
    digestBegin();
    begin.reset();
    beginIsDigested = false;
  }

  private static ArchiveHeader header(String line) throws Damage {
    ArchiveHeader header =
        ArchiveHeader.read(line)
            .orElseThrow(() -> new Damage("line 1 is not the header of a pgtrail archive"));
    if (header.format() != ArchiveHeader.FORMAT) {
      throw new Damage(
          "it has format "
              + header.format()
              + ", and this version of pgtrail reads format "
              + ArchiveHeader.FORMAT);
    }
    return header;
  }

  private void version(String line) {
    int end = line.indexOf('"', VERSION.length());
    String key = line.substring(VERSION.length(), Math.max(end, VERSION.length()));
    versions++;
    if (!key.equals(operation)) {
      operations++;
      operation = key;
    }
  }

  private void mark(String line) throws Damage {
    Optional<ArchiveMark.Values> checkpoint = ArchiveMark.CHECKPOINT.read(line);
    if (checkpoint.isPresent()) {
      compare("checkpoint", checkpoint.get(), proven.batches() + 1);
      return;
    }
    ArchiveMark.Values trailer =
        ArchiveMark.TRAILER
            .read(line)
            .orElseThrow(() -> new Damage("line " + lines + " is none of a pgtrail archive"));
    compare("trailer", trailer, proven.batches());
    sha256 = trailer.sha256();
  }

  private void compare(String what, ArchiveMark.Values claimed, long batches) throws Damage {
    String place = what + " in line " + lines;
    if (!claimed.sha256().equals(HexFormat.of().formatHex(Sha256.soFar(digest)))) {
      throw new Damage("the SHA-256 of what is before the " + place + " is another");
    }
    ArchiveExtent found = new ArchiveExtent(batches, operations, versions);
    if (!claimed.extent().equals(found)) {
      throw new Damage(
          "the %s counts %d operations and %d versions in %d batches; there are %d, %d and %d"
              .formatted(
                  place,
                  claimed.extent().operations(),
                  claimed.extent().versions(),
                  claimed.extent().batches(),
                  operations,
                  versions,
                  batches));
    }
    proven = found;
  }
}
