package io.pgtrail.retention;

/**
 * How much an archive, or its beginning, holds.
 *
 * @param batches how often the cleanup committed
 * @param operations that were removed
 * @param versions of these operations
 */
public record ArchiveExtent(long batches, long operations, long versions) {

  static final ArchiveExtent NOTHING = new ArchiveExtent(0, 0, 0);
}
