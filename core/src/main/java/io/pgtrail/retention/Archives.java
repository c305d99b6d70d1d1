package io.pgtrail.retention;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Proves that archives are what was removed from the trail. */
public final class Archives {

  private Archives() {}

  /**
   * Whether the file is complete and unaltered, judged by itself; in constant memory.
   *
   * @throws PgtrailException {@code INVALID_ARGUMENT} if there is no such file or it cannot be read
   */
  public static ArchiveVerdict verify(Path file) {
    try (InputStream compressed = Files.newInputStream(file)) {
      return new ArchiveReader().read(compressed);
    } catch (NoSuchFileException missing) {
      throw unreadable(file + " does not exist", missing);
    } catch (IOException failure) {
      throw unreadable(file + " cannot be read: " + failure.getMessage(), failure);
    }
  }

  private static PgtrailException unreadable(String message, IOException cause) {
    return new PgtrailException(ErrorCode.INVALID_ARGUMENT, message, null, cause);
  }

  /**
   * What the trail says of an archive.
   *
   * @param agrees whether the trail recorded this very content, and the removal of all of it
   * @param finding in a sentence
   */
  public record Comparison(boolean agrees, String finding) {}

  /**
   * Compares an archive with what the trail recorded when it was written: the SHA-256, and that
   * nothing was removed that is not in it.
   *
   * @throws PgtrailException {@code NOT_INSTALLED}, {@code NOT_PERMITTED} or {@code UNAVAILABLE}
   */
  public static Comparison compare(ArchiveVerdict verdict, DataSource trail) {
    Optional<ArchiveHeader> header =
        verdict.fold(intact -> Optional.of(intact.header()), ArchiveVerdict.Broken::header);
    if (header.isEmpty()) {
      return new Comparison(false, "Without its header it belongs to no cleanup of the trail");
    }
    return recorded(trail, header.get().cleanup())
        .map(
            recorded ->
                verdict.fold(
                    intact -> compare(intact, recorded), broken -> compare(broken, recorded)))
        .orElseGet(
            () ->
                new Comparison(
                    false,
                    "The trail of this database knows no cleanup "
                        + header.get().cleanup()
                        + ", or this role may not read it"));
  }

  /**
   * What the trail knows of a cleanup.
   *
   * @param operations how many were removed, committed
   * @param sha256 of the archive; NULL when the cleanup did not get to its end
   */
  private record Recorded(long operations, long versions, @Nullable String sha256) {}

  /** Its end as it was recorded first: metadata can be annotated later. */
  private static Optional<Recorded> recorded(DataSource trail, String cleanup) {
    try {
      return Jdbi.create(trail)
          .withHandle(
              handle ->
                  handle
                      .createQuery(
                          """
                          select
                              coalesce(v.metadata ->> 'operations_removed', '0')::bigint as operations,
                              coalesce(v.metadata ->> 'versions_removed', '0')::bigint as versions,
                              v.metadata ->> 'archive_sha256' as sha256
                          from script_tracking.script_execution_s_versions as v
                          where v.script_execution_hk = decode(:cleanup, 'hex')
                          -- where it ended; else as far as it has got
                          order by
                              v.execution_status = 'RUNNING',
                              case v.execution_status when 'RUNNING' then - v.version_number
                                  else v.version_number end
                          limit 1
                          """)
                      .bind("cleanup", cleanup)
                      .map(
                          (row, context) ->
                              new Recorded(
                                  row.getLong("operations"),
                                  row.getLong("versions"),
                                  row.getString("sha256")))
                      .findOne());
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static Comparison compare(ArchiveVerdict.Intact archive, Recorded recorded) {
    ArchiveExtent extent = archive.extent();
    if (recorded.sha256() == null) {
      return new Comparison(
          false,
          "The trail recorded no end of this cleanup. It removed "
              + recorded.operations()
              + " operations; "
              + (extent.operations() >= recorded.operations()
                  ? "the archive holds them, and " + more(extent, recorded)
                  : "the archive holds only " + extent.operations()));
    }
    if (!Objects.equals(recorded.sha256(), archive.sha256())) {
      return new Comparison(
          false,
          "The trail recorded another SHA-256: "
              + recorded.sha256()
              + ". This is not the archive that the cleanup wrote");
    }
    if (recorded.operations() != extent.operations() || recorded.versions() != extent.versions()) {
      return new Comparison(
          false,
          "The trail recorded the removal of %d operations with %d versions, not of %d with %d"
              .formatted(
                  recorded.operations(),
                  recorded.versions(),
                  extent.operations(),
                  extent.versions()));
    }
    return new Comparison(
        true, "The trail recorded the same SHA-256, and that nothing else was removed");
  }

  private static String more(ArchiveExtent extent, Recorded recorded) {
    return (extent.operations() - recorded.operations()) + " more that are still in the trail";
  }

  private static Comparison compare(ArchiveVerdict.Broken archive, Recorded recorded) {
    ArchiveExtent proven = archive.proven();
    return new Comparison(
        false,
        proven.operations() >= recorded.operations()
            ? "Nothing is lost: the "
                + recorded.operations()
                + " operations that the trail says were removed are all in the unaltered part"
            : "The trail says that "
                + recorded.operations()
                + " operations were removed; the unaltered part holds "
                + proven.operations());
  }
}
