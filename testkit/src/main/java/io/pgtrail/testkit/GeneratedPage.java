package io.pgtrail.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;

/**
 * A page under {@code docs/reference} that is made from what it describes. A test fails while the
 * page says something else; {@code -Dpgtrail.reference=write} writes it anew instead.
 */
public final class GeneratedPage {

  private final Path path;

  private GeneratedPage(Path path) {
    this.path = path;
  }

  /**
   * Names a page.
   *
   * @param name file name in {@code docs/reference}
   */
  public static GeneratedPage named(String name) {
    return new GeneratedPage(Project.root().resolve("docs/reference").resolve(name));
  }

  /** Fails unless the page holds exactly this text. */
  public void mustBe(String content) throws IOException {
    if ("write".equals(System.getProperty("pgtrail.reference"))) {
      Files.writeString(path, content);
    }
    Assertions.assertThat(path)
        .as("stale: run `mvn verify -Dpgtrail.reference=write`")
        .hasContent(content);
  }
}
