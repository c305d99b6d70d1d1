package io.pgtrail.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/** The source tree that the tests run in. */
public final class Project {

  private Project() {}

  /** Gives the folder that holds {@code docs}, at or above the working directory. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("docs/reference"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException(
          "docs/reference is not above " + Path.of("").toAbsolutePath());
    }
    return folder;
  }
}
