package io.pgtrail.retention;

import java.util.Optional;
import java.util.function.Function;

/** Whether an archive is what was written. */
public sealed interface ArchiveVerdict {

  /** Gives the one or the other. */
  <R> R fold(Function<Intact, R> intact, Function<Broken, R> broken);

  /**
   * Complete and unaltered.
   *
   * @param sha256 of everything before the trailer
   */
  record Intact(ArchiveHeader header, ArchiveExtent extent, String sha256)
      implements ArchiveVerdict {

    @Override
    public <R> R fold(Function<Intact, R> intact, Function<Broken, R> broken) {
      return intact.apply(this);
    }
  }

  /**
   * Incomplete or altered.
   *
   * @param problem what is wrong, and where
   * @param header if that much could be read
   * @param proven what the checkpoints before the problem prove to be unaltered
   */
  record Broken(String problem, Optional<ArchiveHeader> header, ArchiveExtent proven)
      implements ArchiveVerdict {

    @Override
    public <R> R fold(Function<Intact, R> intact, Function<Broken, R> broken) {
      return broken.apply(this);
    }
  }
}
