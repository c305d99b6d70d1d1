package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What others wrote is as they published it. */
class VendorTest {

  private static final Path DIRECTORY =
      Path.of("src/main/resources/META-INF/resources/static/vendor");

  @Test
  void everyFileIsInTheManifestWithItsHash() throws Exception {
    List<String> rows =
        Files.readAllLines(DIRECTORY.resolve("MANIFEST.md"), StandardCharsets.UTF_8);
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      List<Path> scripts = files.filter(file -> file.toString().matches(".*\\.(js|css)")).toList();
      assertThat(scripts).isNotEmpty();
      for (Path script : scripts) {
        String hash =
            HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(script)));
        assertThat(rows)
            .as("%s", script)
            .anySatisfy(
                row -> assertThat(row).contains(String.valueOf(script.getFileName()), hash));
      }
    }
  }
}
