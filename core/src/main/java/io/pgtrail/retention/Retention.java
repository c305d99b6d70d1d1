package io.pgtrail.retention;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.install.Installer;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Removes old operations, batch by batch, so that nothing is locked for long. Mirrors {@code
 * script_tracking.cleanup_in_batches}. Safe for concurrent use.
 */
public final class Retention {

  private final DataSource dataSource;
  private final Disk disk;

  public Retention(DataSource dataSource) {
    this(dataSource, new Disk());
  }

  /** With a disk of its own for what it archives. */
  Retention(DataSource dataSource, Disk disk) {
    this.dataSource = dataSource;
    this.disk = disk;
  }

  /**
   * Removes the finished operations that began more than so many days ago, with all versions.
   *
   * @param days 0 or more
   * @throws PgtrailException {@code INVALID_ARGUMENT}, {@code NOT_PERMITTED}, {@code READ_ONLY},
   *     {@code NOT_INSTALLED} or {@code UNAVAILABLE}
   */
  public Removal cleanup(int days, CleanupProgress progress) {
    try (Handle handle = Jdbi.create(dataSource).open()) {
      return carryOut(Cleanup.start(handle, days, null), progress);
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  /**
   * The same for what the setting {@code retention_days} of the database no longer keeps, as the
   * server does it.
   *
   * @param handle that commits each statement by itself
   * @return nothing where there is nothing to remove, or everything is kept
   * @throws PgtrailException as {@link #cleanup}
   */
  public static Optional<Removal> bySetting(Handle handle) {
    try {
      return Cleanup.startBySetting(handle)
          .map(cleanup -> carryOut(cleanup, CleanupProgress.UNWATCHED));
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static Removal carryOut(Cleanup cleanup, CleanupProgress progress) {
    try {
      return remove(cleanup, progress);
    } catch (JdbiException failure) {
      cleanup.fail(String.valueOf(ServerFailure.explain(failure).getMessage()));
      throw failure;
    }
  }

  private static Removal remove(Cleanup cleanup, CleanupProgress progress) {
    Cleanup.Batch batch;
    boolean goOn;
    do {
      batch = cleanup.removeBatch();
      goOn = progress.removed(batch.operations(), batch.reached());
    } while (goOn && !batch.finished());
    cleanup.finish(batch.finished(), batch.finished() ? null : Cleanup.INTERRUPTED, null);
    return new Removal(batch.operations(), batch.versions(), batch.finished());
  }

  /**
   * The same, and writes each version to a new file before its removal is committed: whatever
   * happens, it is in the trail or in the file, or in both.
   *
   * @param file that does not exist yet
   * @throws PgtrailException as {@link #cleanup}; {@code INVALID_ARGUMENT} if the file exists or
   *     cannot be created, {@code ARCHIVE_FAILED} if it cannot be written to its end
   */
  public Removal archive(int days, Path file, CleanupProgress progress) {
    Path target = file.toAbsolutePath().normalize();
    try (Handle handle = Jdbi.create(dataSource).open();
        ArchiveWriter archive = create(target)) {
      Cleanup cleanup = start(handle, days, target);
      String product = Installer.version();
      return new Archiving(handle, cleanup, archive, target, progress).run(product);
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    } catch (IOException failure) {
      throw new PgtrailException(
          ErrorCode.ARCHIVE_FAILED, target + " cannot be closed: " + failure, null, failure);
    }
  }

  private ArchiveWriter create(Path file) {
    try {
      return ArchiveWriter.create(file, disk);
    } catch (FileAlreadyExistsException existing) {
      throw uncreated(file + " exists already", "An archive is a new file.", existing);
    } catch (NoSuchFileException missing) {
      throw uncreated(file + " cannot be created: there is no such directory", null, missing);
    } catch (AccessDeniedException denied) {
      throw uncreated(file + " cannot be created: no permission", null, denied);
    } catch (IOException failure) {
      throw uncreated(file + " cannot be created: " + failure.getMessage(), null, failure);
    }
  }

  private static PgtrailException uncreated(
      String message, @Nullable String hint, IOException cause) {
    return new PgtrailException(ErrorCode.INVALID_ARGUMENT, message, hint, cause);
  }

  /** Nothing was written yet: where the cleanup is refused, no file is left. */
  private static Cleanup start(Handle handle, int days, Path file) throws IOException {
    try {
      return Cleanup.start(handle, days, file.toString());
    } catch (JdbiException refusal) {
      Files.delete(file);
      throw refusal;
    }
  }
}
