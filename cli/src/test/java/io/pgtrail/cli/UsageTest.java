package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageTest {

  private static final Pgtrail PGTRAIL = new Pgtrail(Map.of(), "", Terminal.none());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "install",
        "upgrade",
        "uninstall",
        "doctor",
        "dashboard",
        "history",
        "errors",
        "health",
        "performance",
        "anomalies",
        "run",
        "cleanup",
        "migrate"
      })
  void everyCommandHasHelp(String command) {
    Result result = PGTRAIL.run(command, "--help");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).startsWith("Usage: pgtrail " + command).contains("Exit codes");
    assertThat(PGTRAIL.run("--help").out()).contains("  " + command + " ");
  }

  @Test
  void saysItsVersion() {
    assertThat(PGTRAIL.run("--version").out()).matches("pgtrail \\d+\\.\\d+\\.\\d+.*\n");
    assertThat(PGTRAIL.run("history", "--version").out()).startsWith("pgtrail ");
  }

  @Test
  void completesInTheShell() {
    assertThat(PGTRAIL.run("generate-completion").out()).contains("complete -F", "--older-than");
  }

  @Test
  void explainsAWrongCommandLine() {
    assertThat(PGTRAIL.run("histroy"))
        .isEqualTo(
            new Result(
                2,
                "",
                "pgtrail: Unmatched argument at index 0: 'histroy'\n  hint: pgtrail --help\n"));
    assertThat(PGTRAIL.run().exitCode()).isEqualTo(2);
    assertThat(PGTRAIL.run("history", "--format", "xml").exitCode()).isEqualTo(2);
    assertThat(PGTRAIL.run("history", "--url", "http://x").exitCode()).isEqualTo(2);
  }

  @Test
  void showsWhereAnErrorComesFromOnlyWhenAsked() {
    String url = "postgresql://nobody@127.0.0.1:1/x";

    assertThat(PGTRAIL.run("history", "--url", url).err()).doesNotContain("\tat ");
    assertThat(PGTRAIL.run("--verbose", "--url", url, "history").err()).contains("\tat ");
  }
}
