package io.pgtrail.install;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PreflightTest {

  @Test
  void refusesAServerThatIsTooOld() {
    assertThatThrownBy(() -> Preflight.refuseTooOld(130_022, "13.22"))
        .hasMessage("PostgreSQL 13.22 is too old");
    assertThatCode(() -> Preflight.refuseTooOld(140_000, "14.0")).doesNotThrowAnyException();
  }
}
