package io.pgtrail.install;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The version of pgtrail, which the build writes into a resource. */
final class ProductVersion {

  private ProductVersion() {}

  static String read() {
    try (InputStream resource = ProductVersion.class.getResourceAsStream("/pgtrail/version.txt")) {
      return new String(
              Objects.requireNonNull(resource, "/pgtrail/version.txt").readAllBytes(),
              StandardCharsets.UTF_8)
          .strip();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
