package io.pgtrail.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("one-major")
final class TraceParentTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-" + TRACE + "-" + SPAN + "-01",
        " 00-" + TRACE + "-" + SPAN + "-00\t",
        "cc-" + TRACE + "-" + SPAN + "-01-what-later-versions-add"
      })
  void givesTheIdsOfAHeader(String header) {
    assertThat(TraceParent.ids(header)).isEqualTo(Map.of("trace_id", TRACE, "span_id", SPAN));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "x",
        "ff-" + TRACE + "-" + SPAN + "-01",
        "00-00000000000000000000000000000000-" + SPAN + "-01",
        "00-" + TRACE + "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
        "00-" + TRACE + "-" + SPAN,
        "00-" + TRACE + "0-" + SPAN + "-01",
        "00-" + TRACE + "-" + SPAN + "-01\nforged"
      })
  void givesNothingOfWhatIsNone(String header) {
    assertThat(TraceParent.ids(header)).isEmpty();
  }

  @Test
  void isNotKeptLongByAHugeHeader() {
    assertThat(TraceParent.ids("00-".repeat(1_000_000))).isEmpty();
  }
}
