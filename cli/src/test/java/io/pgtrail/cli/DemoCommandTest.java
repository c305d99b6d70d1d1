package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoCommandTest {

  private static final Pgtrail PGTRAIL = new Pgtrail(Map.of(), "", Terminal.none());

  @TempDir private Path directory = Path.of("/");

  @Test
  void showsTheTrailOfAShopAndFindsItAgain() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    String[] demo = {"demo", "--no-serve", "--data", directory.resolve("data").toString()};

    Result first = PGTRAIL.run(demo);

    assertThat(first.err()).isEmpty();
    assertThat(first.exitCode()).isZero();
    assertThat(first.out())
        .contains(
            "Create the customers",
            "AUTO_DDL_DROP TABLE",
            "permission denied for",
            "23502: column \"email\" of relation \"customer\" contains null values",
            "Abandoned: its session ended without completing it.",
            "total_operations_24h",
            "system_health_score",
            "row_level_security",
            "ALTER TABLE shop.customer ADD COLUMN email text",
            "4.0.0 → 4.1.0",
            "psql -h 127.0.0.1 -p ");
    assertThat(trail(PGTRAIL.run(demo))).isEqualTo(trail(first));
  }

  private static String trail(Result demo) {
    return demo.out()
        .lines()
        .filter(line -> line.startsWith("20"))
        .reduce("", (lines, line) -> lines + line + "\n");
  }

  @Test
  void refusesAPortThatIsNone() {
    assertThat(PGTRAIL.run("demo", "--no-serve", "--port", "65536").exitCode()).isEqualTo(2);
  }
}
