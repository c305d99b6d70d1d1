package io.pgtrail.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code cleanup --archive} and what proves it. */
@Tag("one-major")
final class ArchiveTest {

  @RegisterExtension static final TestDatabases DATABASES = OldOperations.databases();

  private static final Pattern VERSION =
      Pattern.compile(
          "\\{\"script_execution_hk\":\"\\\\\\\\x([0-9a-f]{64})\".*?\"version_number\":(\\d+),.*");

  /** Three batches. */
  private static final int MANY = 6000;

  @TempDir private Path directory = Path.of("/");

  @Test
  void writesEveryVersionThatItRemoves(TestDatabase database) throws Exception {
    OldOperations.record(database, 40);
    String before = String.valueOf(database.queryForString(OldOperations.VERSIONS));
    Path file = directory.resolve("old.ndjson.gz");

    Removal removal = archive(database, file);

    assertThat(removal).isEqualTo(new Removal(40, 120, true));
    assertThat(database.queryForString(OldOperations.VERSIONS)).isNull();
    assertThat(String.join(" ", versionsIn(file))).isEqualTo(before);
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    ArchiveVerdict.Intact intact = intact(file);
    assertThat(intact.extent()).isEqualTo(new ArchiveExtent(1, 40, 120));
    assertThat(
            database.queryForString(
                """
                select concat_ws(' ', execution_status, metadata ->> 'archive_file',
                    metadata ->> 'archive_sha256', metadata ->> 'operations_removed', metadata ->> 'versions_removed')
                from script_tracking.script_execution_s
                where script_name ~ '^Cleanup'
                """))
        .isEqualTo("COMPLETED " + file + " " + intact.sha256() + " 40 120");
    assertThat(Archives.compare(intact, database.dataSource()).agrees()).isTrue();
  }

  @Test
  void anArchiveOfNothingIsComplete(TestDatabase database) throws Exception {
    Path file = directory.resolve("empty.ndjson.gz");

    assertThat(archive(database, file)).isEqualTo(new Removal(0, 0, true));

    assertThat(intact(file).extent()).isEqualTo(new ArchiveExtent(1, 0, 0));
    assertThat(Archives.compare(Archives.verify(file), database.dataSource()).agrees()).isTrue();
  }

  @Test
  void itsSha256IsThatOfEverythingBeforeTheLastLine(TestDatabase database) throws Exception {
    OldOperations.record(database, 3);
    Path file = directory.resolve("old.ndjson.gz");
    archive(database, file);

    String text = text(file);
    String content = text.substring(0, text.lastIndexOf('\n', text.length() - 2) + 1);
    byte[] sha256 =
        java.security.MessageDigest.getInstance("SHA-256")
            .digest(content.getBytes(StandardCharsets.UTF_8));

    assertThat(intact(file).sha256()).isEqualTo(java.util.HexFormat.of().formatHex(sha256));
  }

  @Test
  void refusesAFileThatExistsOrCannotBeCreated(TestDatabase database) throws Exception {
    OldOperations.record(database, 3);
    String before = String.valueOf(database.queryForString(OldOperations.VERSIONS));
    Path existing = Files.writeString(directory.resolve("existing"), "mine");
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nothing"));

    for (Path file :
        List.of(
            existing,
            link,
            directory,
            directory.resolve("no/such/directory"),
            existing.resolve("x"))) {
      assertThatThrownBy(() -> archive(database, file))
          .isInstanceOfSatisfying(
              PgtrailException.class,
              refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    Path full = directory.resolve("full");
    assertThatThrownBy(
            () ->
                new Retention(database.dataSource(), new FullDisk(5))
                    .archive(365, full, CleanupProgress.UNWATCHED))
        .hasMessage(full + " cannot be created: No space left on device");
    assertThat(full).doesNotExist();
    assertThat(existing).hasContent("mine");
    assertThat(database.queryForString(OldOperations.VERSIONS)).isEqualTo(before);
  }

  @Test
  void leavesNoFileWhereTheCleanupIsRefused(TestDatabase database) throws Exception {
    Path file = directory.resolve("none");

    assertThatThrownBy(
            () ->
                new Retention(database.role("nobody").dataSource())
                    .archive(365, file, CleanupProgress.UNWATCHED))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_PERMITTED));

    assertThat(file).doesNotExist();
  }

  @Test
  void losesNothingWhenTheDiskIsFull(TestDatabase database) throws Exception {
    OldOperations.record(database, MANY);
    Set<String> before = versions(database);

    for (long room : new long[] {10, 3_000, 200_000, 500_000}) {
      Path file = directory.resolve("full-" + room);
      assertThatThrownBy(
              () ->
                  new Retention(database.dataSource(), new FullDisk(room))
                      .archive(365, file, CleanupProgress.UNWATCHED))
          .isInstanceOfSatisfying(
              PgtrailException.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(ErrorCode.ARCHIVE_FAILED);
                assertThat(failure)
                    .hasMessage(file + " cannot be written: No space left on device");
                assertThat(failure.hint())
                    .hasValueSatisfying(h -> assertThat(h).contains("Nothing is lost"));
              });
      assertNothingIsMissing(before, database, file);
      ArchiveVerdict.Broken broken = broken(file);
      if (broken.header().isPresent()) {
        assertThat(Archives.compare(broken, database.dataSource()).finding())
            .startsWith("Nothing is lost");
      }
    }

    assertThat(
            database.queryForString(
                "select string_agg(distinct execution_status || ' ' || (error_message ~ 'No space left'), ',')"
                    + " from script_tracking.script_execution_s where script_name ~ '^Cleanup'"))
        .isEqualTo("FAILED true");
    Path last = directory.resolve("last");
    archive(database, last);
    assertThat(versions(database)).isEmpty();
    Set<String> archived = new TreeSet<>();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        archived.addAll(versionsIn(file));
      }
    }
    assertThat(archived).isEqualTo(before);
  }

  /** All was written: only that it stays is not known. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void removesNothingThatWasWrittenAndNotSynced(int syncs, TestDatabase database) throws Exception {
    OldOperations.record(database, MANY);
    Path file = directory.resolve("not-synced");
    List<Set<String>> left = new ArrayList<>(List.of(versions(database)));
    List<Long> removed = new ArrayList<>(List.of(0L));

    assertThatThrownBy(
            () ->
                new Retention(database.dataSource(), new FailingDisk(syncs))
                    .archive(
                        365,
                        file,
                        (operations, reached) -> {
                          try {
                            left.add(versions(database));
                            removed.add(operations);
                          } catch (Exception failure) {
                            fail(failure);
                          }
                          return true;
                        }))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.ARCHIVE_FAILED);
              assertThat(failure).hasMessage(file + " cannot be written: Input/output error");
              assertThat(failure.hint())
                  .hasValueSatisfying(
                      hint ->
                          assertThat(hint)
                              .startsWith(
                                  "Nothing is lost: the file holds all %d operations known to be removed"
                                      .formatted(removed.get(syncs))));
            });

    assertThat(left).hasSize(syncs + 1).doesNotHaveDuplicates();
    assertThat(versions(database)).isEqualTo(left.get(syncs));
    assertNothingIsMissing(left.get(0), database, file);
    assertThat(versionsIn(file))
        .as("written")
        .hasSizeGreaterThan(3 * removed.get(syncs).intValue());
    assertThat(
            database.queryForString(
                "select execution_status || ' ' || error_message from script_tracking.script_execution_s"
                    + " where script_name ~ '^Cleanup'"))
        .isEqualTo("FAILED " + file + " cannot be written: Input/output error");
  }

  @Test
  void losesNothingWhenTheFileVanishes(TestDatabase database) throws Exception {
    OldOperations.record(database, MANY);
    Set<String> before = versions(database);
    Path file = directory.resolve("vanishing");
    Path copy = directory.resolve("copy");
    List<Set<String>> left = new ArrayList<>();

    assertThatThrownBy(
            () ->
                new Retention(database.dataSource())
                    .archive(
                        365,
                        file,
                        (operations, reached) -> {
                          try {
                            left.add(versions(database));
                            Files.move(file, copy);
                          } catch (Exception failure) {
                            fail(failure);
                          }
                          return true;
                        }))
        .hasMessageContaining("deleted meanwhile");

    assertThat(left).hasSize(1);
    assertThat(versions(database)).isEqualTo(left.get(0));
    assertNothingIsMissing(before, database, copy);
  }

  @Test
  void losesNothingWhenTheServerEndsTheSession(TestDatabase database) throws Exception {
    OldOperations.record(database, MANY);
    Set<String> before = versions(database);
    Path file = directory.resolve("lost");

    assertThatThrownBy(
            () ->
                new Retention(database.dataSource())
                    .archive(
                        365,
                        file,
                        (operations, reached) -> {
                          try {
                            database.execute(
                                "select pg_terminate_backend(pid) from pg_stat_activity"
                                    + " where datname = current_database() and pid <> pg_backend_pid()");
                          } catch (Exception failure) {
                            fail(failure);
                          }
                          return true;
                        }))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(failure.hint())
                  .hasValueSatisfying(h -> assertThat(h).contains("Nothing is lost"));
            });

    assertNothingIsMissing(before, database, file);
    assertThat(versions(database)).isNotEmpty().isNotEqualTo(before);
    assertThat(Archives.compare(broken(file), database.dataSource()).finding())
        .startsWith("Nothing is lost");
  }

  @Test
  void endsTheArchiveWhereItIsStopped(TestDatabase database) throws Exception {
    OldOperations.record(database, MANY);
    Set<String> before = versions(database);
    Path file = directory.resolve("stopped");

    Removal removal =
        new Retention(database.dataSource()).archive(365, file, (operations, reached) -> false);

    assertThat(removal.finished()).isFalse();
    assertThat(removal.operations()).isPositive().isLessThan(MANY);
    assertThat(intact(file).extent().operations()).isEqualTo(removal.operations());
    assertThat(Archives.compare(intact(file), database.dataSource()).agrees()).isTrue();
    assertNothingIsMissing(before, database, file);
    assertThat(
            database.queryForString(
                "select execution_status || ' ' || error_message from script_tracking.script_execution_s"
                    + " where script_name ~ '^Cleanup'"))
        .isEqualTo("FAILED Interrupted: the rest is still in the trail");
  }

  @Test
  void findsEveryCutAndEveryFlippedBit(TestDatabase database) throws Exception {
    OldOperations.record(database, 4);
    Path file = directory.resolve("old.ndjson.gz");
    archive(database, file);
    byte[] whole = Files.readAllBytes(file);
    String text = text(file);

    for (int i = 0; i < whole.length; i++) {
      assertThat(verdict(Arrays.copyOf(whole, i))).as("cut off at %s", i).isEqualTo("broken");
      byte[] altered = whole.clone();
      altered[i] ^= (byte) (1 << (i % 8));
      // The last bits before the checksum fill up a byte and mean nothing.
      assertThat(verdict(altered).equals("broken") || text.equals(text(altered)))
          .as("bit %s of byte %s", i % 8, i)
          .isTrue();
    }
    assertThat(verdict(Arrays.copyOf(whole, whole.length + 1))).isEqualTo("broken");
    byte[] twice = Arrays.copyOf(whole, whole.length * 2);
    System.arraycopy(whole, 0, twice, whole.length, whole.length);
    assertThat(verdict(twice)).isEqualTo("broken");
    assertThat(verdict(whole)).isEqualTo("intact");
  }

  @Test
  void saysWhatIsWrongAndWhere(TestDatabase database) throws Exception {
    OldOperations.record(database, 4);
    Path file = directory.resolve("old.ndjson.gz");
    archive(database, file);
    List<String> lines = text(file).lines().toList();
    String trailer = lines.get(lines.size() - 1);

    assertThat(problem(lines, l -> l)).isEmpty();
    assertThat(problem(lines, l -> without(l, l.size() - 1)))
        .isEqualTo("it ends after line 14 without a trailer (unaltered up to checkpoint 1)");
    assertThat(problem(lines, l -> without(l, 5)))
        .isEqualTo("the SHA-256 of what is before the checkpoint in line 13 is another");
    assertThat(problem(lines, l -> without(l, 0)))
        .isEqualTo("line 1 is not the header of a pgtrail archive");
    assertThat(problem(lines, l -> replaced(l, 3, l.get(3).replace("why", "WHY"))))
        .isEqualTo("the SHA-256 of what is before the checkpoint in line 14 is another");
    assertThat(problem(lines, l -> replaced(l, 3, "{}")))
        .isEqualTo("line 4 is none of a pgtrail archive");
    assertThat(problem(lines, l -> replaced(l, 0, l.get(0).replace(":1,", ":2,"))))
        .isEqualTo("it has format 2, and this version of pgtrail reads format 1");
    assertThat(
            problem(
                lines,
                l ->
                    replaced(
                        l, l.size() - 1, trailer.replace("\"operations\":4", "\"operations\":5"))))
        .startsWith(
            "the trailer in line 15 counts 5 operations and 12 versions in 1 batches; there are 4, 12 and 1");
    assertThat(problem(lines, l -> replaced(l, l.size() - 1, trailer + "\n" + trailer)))
        .startsWith("line 16 follows the trailer");
    assertThat(problem(lines, l -> List.of())).isEqualTo("it ends after line 0 without a trailer");
  }

  @Test
  void theTrailKnowsAForgeryThatFitsInItself(TestDatabase database) throws Exception {
    OldOperations.record(database, 4);
    Path file = directory.resolve("old.ndjson.gz");
    archive(database, file);
    Path forged = directory.resolve("forged.ndjson.gz");

    try (ArchiveWriter writer = ArchiveWriter.create(forged, new Disk())) {
      for (String line : text(file).lines().toList()) {
        if (VERSION.matcher(line).matches() || line.startsWith("{\"pgtrail_archive\"")) {
          writer.line(line.replace("why", "WHY"));
        }
      }
      writer.checkpoint(4, 12);
      writer.end(4, 12);
    }

    Archives.Comparison comparison = Archives.compare(intact(forged), database.dataSource());
    assertThat(comparison.agrees()).isFalse();
    assertThat(comparison.finding()).contains("another SHA-256", intact(file).sha256());
  }

  @Test
  void aLaterAnnotationDoesNotReplaceWhatTheTrailRecorded(TestDatabase database) throws Exception {
    OldOperations.record(database, 2);
    Path file = directory.resolve("old.ndjson.gz");
    archive(database, file);

    database.execute(
        "update script_tracking.script_execution_s set metadata = '{\"archive_sha256\": \"00\"}'"
            + " where script_name ~ '^Cleanup'");

    assertThat(Archives.compare(intact(file), database.dataSource()).agrees()).isTrue();
  }

  private static Removal archive(TestDatabase database, Path file) {
    return new Retention(database.dataSource()).archive(365, file, CleanupProgress.UNWATCHED);
  }

  private static ArchiveVerdict.Intact intact(Path file) {
    return Archives.verify(file)
        .fold(intact -> intact, broken -> fail("%s is broken: %s", file, broken.problem()));
  }

  private static ArchiveVerdict.Broken broken(Path file) {
    return Archives.verify(file).fold(intact -> fail("%s is intact", file), broken -> broken);
  }

  private static String verdict(byte[] file) {
    return new ArchiveReader()
        .read(new ByteArrayInputStream(file))
        .fold(intact -> "intact", broken -> "broken");
  }

  private static String problem(List<String> lines, UnaryOperator<List<String>> change)
      throws IOException {
    java.io.ByteArrayOutputStream file = new java.io.ByteArrayOutputStream();
    try (OutputStream gzip = new java.util.zip.GZIPOutputStream(file)) {
      for (String line : change.apply(lines)) {
        gzip.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return new ArchiveReader()
        .read(new ByteArrayInputStream(file.toByteArray()))
        .fold(intact -> "", ArchiveVerdict.Broken::problem);
  }

  private static List<String> without(List<String> lines, int index) {
    List<String> changed = new ArrayList<>(lines);
    changed.remove(index);
    return changed;
  }

  private static List<String> replaced(List<String> lines, int index, String line) {
    List<String> changed = new ArrayList<>(lines);
    changed.set(index, line);
    return changed;
  }

  /** Every version is in the trail or in the file. */
  private static void assertNothingIsMissing(Set<String> before, TestDatabase database, Path file)
      throws Exception {
    Set<String> union = versions(database);
    union.addAll(versionsIn(file));
    assertThat(union).containsAll(before);
  }

  private static Set<String> versions(TestDatabase database) throws Exception {
    String versions = database.queryForString(OldOperations.VERSIONS);
    return versions == null ? new TreeSet<>() : new TreeSet<>(Arrays.asList(versions.split(" ")));
  }

  private static Set<String> versionsIn(Path file) throws IOException {
    Set<String> versions = new TreeSet<>();
    text(file)
        .lines()
        .map(VERSION::matcher)
        .filter(Matcher::matches)
        .forEach(version -> versions.add(version.group(1) + ":" + version.group(2)));
    return versions;
  }

  private static String text(Path file) throws IOException {
    return text(Files.readAllBytes(file));
  }

  /** As far as it can be decompressed. */
  private static String text(byte[] file) throws IOException {
    java.io.ByteArrayOutputStream text = new java.io.ByteArrayOutputStream();
    try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(file))) {
      byte[] buffer = new byte[1 << 16];
      for (int length = gzip.read(buffer); length >= 0; length = gzip.read(buffer)) {
        text.write(buffer, 0, length);
      }
    } catch (EOFException cutOff) {
      // What is before the cut counts.
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /** Takes so many bytes and no more. */
  private static final class FullDisk extends Disk {

    private final long size;

    FullDisk(long size) {
      this.size = size;
    }

    @Override
    OutputStream to(FileChannel file) {
      return new FilterOutputStream(super.to(file)) {

        private long room = size;

        @Override
        public void write(int oneByte) throws IOException {
          write(new byte[] {(byte) oneByte}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          int written = (int) Math.min(length, room);
          out.write(bytes, offset, written);
          room -= written;
          if (written < length) {
            throw new IOException("No space left on device");
          }
        }
      };
    }
  }

  /** Takes everything, and keeps no more than the first batches. */
  private static final class FailingDisk extends Disk {

    private int syncs;

    FailingDisk(int syncs) {
      this.syncs = syncs;
    }

    @Override
    void sync(FileChannel file) throws IOException {
      if (syncs == 0) {
        throw new IOException("Input/output error");
      }
      syncs--;
      super.sync(file);
    }
  }
}
