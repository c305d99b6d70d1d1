package io.pgtrail.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlatformTest {

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, postgres-linux-x86_64.txz",
    "Linux, aarch64, postgres-linux-arm_64.txz",
    "Mac OS X, x86_64, postgres-darwin-x86_64.txz",
    "Mac OS X, aarch64, postgres-darwin-arm_64.txz"
  })
  void knowsItsArchive(String system, String architecture, String archive) {
    assertThat(Platform.of(system, architecture).archive()).isEqualTo(archive);
  }

  @ParameterizedTest
  @CsvSource({"Windows 11, amd64", "Linux, s390x", "SunOS, sparcv9"})
  void refusesWhatHasNoServer(String system, String architecture) {
    assertThatThrownBy(() -> Platform.of(system, architecture))
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("No embedded PostgreSQL exists for %s on %s", system, architecture)
        .hasMessageContaining("server of your own");
  }

  @Test
  void isKnownHere() {
    assertThat(Platform.current().name()).isNotEmpty();
  }
}
