package io.pgtrail.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MainTest {

  private static final String SIZE = System.getProperty("pgtrail.benchmarks.size", "3000");

  @Test
  void measuresEveryBudgetAndWritesThemAsJson(@TempDir Path directory) throws Exception {
    Path json = directory.resolve("figures.json");

    String report =
        Main.run(Options.parse("--seconds", "1", "--rows", "100", "--json", json.toString()));

    assertThat(report)
        .contains(
            "CREATE + ALTER + DROP TABLE, tracked, no versioning ÷ untracked",
            "CREATE + ALTER + DROP TABLE with versioning ÷ untracked",
            "track + complete",
            "8 sessions",
            "log reader, jsonlog",
            "log reader, csvlog",
            "history page");
    assertThat(Files.readString(json)).contains("\"postgresql\"", "\"figure\"", "\"met\"");
  }

  @Test
  void measuresHowFiguresGrowWithTheTrail(@TempDir Path directory) throws Exception {
    Path json = directory.resolve("figures.json");

    String report =
        Main.run(Options.parse("--size", SIZE, "--seconds", "1", "--json", json.toString()));

    assertThat(report)
        .contains(
            "get_enterprise_dashboard() with rollups a day old",
            "get_system_health()",
            "history page: text",
            "write rate",
            "longest wait of a writer during cleanup");
    assertThat(Files.readString(json)).contains("\"sizes\": [0, ", SIZE + "]", "\"figures\"");
  }

  @Test
  void measuresHowFiguresGrowWithTheVersionedObjects(@TempDir Path directory) throws Exception {
    Path json = directory.resolve("figures.json");

    String report = Main.run(Options.parse("--versions", "200", "--json", json.toString()));

    assertThat(report)
        .contains(
            "installation with a baseline of all objects",
            "state at a moment",
            "diff with half of the objects in it",
            "impact of what all depend on",
            "migration of twenty objects",
            "preview of a rollback");
    assertThat(Files.readString(json)).contains("\"sizes\": [20, 200]", "\"figures\"");
  }

  @Test
  void saysWhichOptionsThereAre() {
    assertThatThrownBy(() -> Options.parse("--fast", "yes")).hasMessageContaining("--seconds");
  }
}
