package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ConsoleTest {

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final PrintStream out =
      new PrintStream(new BufferedOutputStream(shown), false, StandardCharsets.UTF_8);
  private final Console console =
      new Console(InputStream.nullInputStream(), out, out, Terminal.none());

  @Test
  void whatIsSaidNowIsSeenBeforeTheNextStepBegins() {
    console.say("of many lines");
    assertThat(shown.toString(StandardCharsets.UTF_8)).isEmpty();

    console.sayNow("a step");
    assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo("of many lines\na step\n");
  }
}
