package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PicturesTest {

  @Test
  void theLargestIsHighestAndWhatIsNotZeroIsSeen() {
    assertThat(Pictures.sparkline(List.of(0L, 1L, 500L, 1000L))).isEqualTo("▁▂▅█");
    assertThat(Pictures.sparkline(List.of(0L, 0L))).isEqualTo("▁▁");
    assertThat(Pictures.sparkline(List.of(Long.MAX_VALUE, -5L))).isEqualTo("█▁");
    assertThat(Pictures.sparkline(List.of())).isEmpty();
  }

  @Test
  void aBarIsItsShareOfTheLargest() {
    assertThat(Pictures.bar(10, 10, 4)).isEqualTo("████");
    assertThat(Pictures.bar(5, 10, 3)).isEqualTo("█▌");
    assertThat(Pictures.bar(0.001, 10, 4)).isEqualTo("▏");
    assertThat(Pictures.bar(20, 10, 4)).isEqualTo("████");
    assertThat(Pictures.bar(0, 0, 4)).isEmpty();
    assertThat(Pictures.bar(-1, 10, 4)).isEmpty();
  }
}
