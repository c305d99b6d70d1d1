package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.testkit.Project;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The page on migrations: its files are written and its commands run, in their order. */
final class MigratePageTest {

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  private static final Pattern BLOCK = Pattern.compile("```(sql)?\n(.*?)```", Pattern.DOTALL);
  private static final Pattern FILE = Pattern.compile("-- (\\S+\\.sql)\n");

  @TempDir private Path directory = Path.of("/");

  @Test
  void showsWhatTheCommandDoes(TestDatabase database) throws Exception {
    Matcher block =
        BLOCK.matcher(Files.readString(Project.root().resolve("docs/how-to/migrate.md")));
    int commands = 0;
    while (block.find()) {
      String text = block.group(2);
      if (block.group(1) != null) {
        Matcher file = FILE.matcher(text);
        assertThat(file.lookingAt()).isTrue();
        // Its line numbers count without the name.
        Files.writeString(directory.resolve(file.group(1)), text.substring(file.end()));
      } else {
        commands++;
        String command = text.substring(0, text.indexOf('\n'));
        assertThat(command).startsWith("$ pgtrail migrate --dir db");
        assertThat(alike(command + "\n" + output(database, command))).isEqualTo(alike(text));
      }
    }
    assertThat(commands).isPositive();
  }

  private String output(TestDatabase database, String command) {
    String[] arguments =
        command.substring("$ pgtrail ".length()).replace("db", directory.toString()).split(" ");
    Result result = Pgtrail.in(database).run(arguments);
    return result.out() + result.err();
  }

  /** But for how long it took, and the width of that. */
  private static String alike(String text) {
    return text.replaceAll("[0-9.]+ m?s\\b", "TIME").replaceAll(" +", " ");
  }
}
