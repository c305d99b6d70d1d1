package io.pgtrail.retention;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.io.IOException;
import java.nio.file.Path;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * A cleanup with an archive. Each batch is one transaction: removed, written, synced, committed. So
 * a removal that was committed is on the disk, and what is on the disk in vain is still in the
 * trail.
 */
final class Archiving {

  private final Handle handle;
  private final Cleanup cleanup;
  private final ArchiveWriter archive;
  private final Path file;
  private final CleanupProgress progress;
  private long committed;

  Archiving(
      Handle handle, Cleanup cleanup, ArchiveWriter archive, Path file, CleanupProgress progress) {
    this.handle = handle;
    this.cleanup = cleanup;
    this.archive = archive;
    this.file = file;
    this.progress = progress;
  }

  Removal run(String productVersion) {
    try {
      archive.line(cleanup.header(productVersion));
      Cleanup.Batch batch;
      boolean goOn;
      do {
        batch = batch();
        committed = batch.operations();
        goOn = progress.removed(batch.operations(), batch.reached());
      } while (goOn && !batch.finished());
      if (!batch.finished()) {
        handle.begin();
        end(batch, Cleanup.INTERRUPTED);
        handle.commit();
      }
      return new Removal(batch.operations(), batch.versions(), batch.finished());
    } catch (IOException failure) {
      String message = file + " cannot be written: " + failure.getMessage();
      throw failed(ErrorCode.ARCHIVE_FAILED, message, failure);
    } catch (JdbiException failure) {
      RuntimeException explained = ServerFailure.explain(failure);
      throw explained instanceof PgtrailException known
          ? failed(known.code(), String.valueOf(known.getMessage()), failure)
          : explained;
    }
  }

  private Cleanup.Batch batch() throws IOException {
    handle.begin();
    Cleanup.Batch batch = cleanup.archiveBatch(archive::line);
    archive.checkpoint(batch.operations(), batch.versions());
    if (batch.finished()) {
      end(batch, null);
    }
    handle.commit();
    return batch;
  }

  /**
   * The trail gets the SHA-256 with the last batch: a cleanup that it calls ended has its archive.
   */
  private void end(Cleanup.Batch batch, @Nullable String error) throws IOException {
    String sha256 = archive.end(batch.operations(), batch.versions());
    cleanup.finish(error == null, error, sha256);
  }

  private PgtrailException failed(ErrorCode code, String message, Exception cause) {
    rollBack();
    cleanup.fail(message);
    return new PgtrailException(
        code,
        message,
        "Nothing is lost: the file holds "
            + (committed == 1 ? "the operation" : "all " + committed + " operations")
            + " known to be removed, the trail has the rest. Keep the file, and run it again with"
            + " another one.",
        cause);
  }

  private void rollBack() {
    try {
      handle.rollback();
    } catch (JdbiException lost) {
      // Then the server has rolled it back.
    }
  }
}
