package io.pgtrail.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Project;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The tutorial of rollbacks, statement by statement as it is printed. */
final class TutorialTest extends InstalledDatabase {

  /** A piece of SQL and the heading above it. */
  private static final Pattern HEADING_OR_PIECE =
      Pattern.compile("(?m)^## (\\d)\\. .*$|^```sql\\n([^`]*)\\n```$");

  /** Ends with a semicolon, or with what psql has to keep a row in variables. */
  private static final Pattern STATEMENT = Pattern.compile("(?s)(.+?)(;|\\\\gset)(?:\\n|$)");

  private static final Pattern VARIABLE = Pattern.compile(":'(\\w+)'");

  private final Map<String, String> variables = new HashMap<>();

  @Test
  void aBadMigrationIsSeenPreviewedAndUndone() throws Exception {
    Map<String, List<String>> steps = steps();
    runAll(steps, "1");
    runAll(steps, "2");

    List<List<Map<String, @Nullable Object>>> done = runAll(steps, "3");
    assertThat(done.get(0)).hasSize(2);
    assertThat(done.get(1).toString()).contains("store.person", "store.mailing", "phone");

    assertThat(
            runAll(steps, "4").get(0).stream()
                .map(step -> step.get("risk") + " " + step.get("lost_rows")))
        .contains("DATA_LOSS 1")
        .doesNotContain("DATA_LOSS 0", "DATA_LOSS null");

    List<String> undo = Objects.requireNonNull(steps.get("5"));
    Attempt refused = attempt(filled(undo.get(0)));
    assertThat(refused.sqlState()).isEqualTo("PT014");
    assertThat(refused.message()).contains("at step ", "allow_data_loss => true");
    assertThat(rows(undo.get(1))).isNotEmpty();
    assertThat(rows(undo.get(2)).stream().map(Object::toString))
        .containsExactlyInAnyOrder(
            "{id=1, name=Ada, email=ada@example.com}", "{id=2, name=Max, email=null}");
    assertThat(rows(undo.get(3)).toString()).isEqualTo("[{name=Ada, email=ada@example.com}]");
    assertThat(rows(undo.get(4)).toString()).contains("Rollback to ", "execution_status=COMPLETED");
    assertThat(rows(undo.get(5))).hasSize(2);
    assertThat(undo).hasSize(6);
  }

  private List<List<Map<String, @Nullable Object>>> runAll(
      Map<String, List<String>> steps, String number) throws SQLException {
    List<List<Map<String, @Nullable Object>>> results = new ArrayList<>();
    for (String statement : Objects.requireNonNull(steps.get(number))) {
      results.add(rows(statement));
    }
    return results;
  }

  private List<Map<String, @Nullable Object>> rows(String statement) throws SQLException {
    String sql = filled(statement.replace("\\gset", ""));
    if (!sql.startsWith("SELECT")) {
      run(sql);
      return List.of();
    }
    List<Map<String, @Nullable Object>> rows = Sql.rows(connection, sql);
    if (statement.endsWith("\\gset")) {
      rows.get(0).forEach((name, value) -> variables.put(name, String.valueOf(value)));
    }
    return rows;
  }

  private String filled(String statement) {
    return VARIABLE
        .matcher(statement)
        .replaceAll(found -> Matcher.quoteReplacement("'" + variables.get(found.group(1)) + "'"));
  }

  /** Statements by the number of the heading above them. */
  private static Map<String, List<String>> steps() throws IOException {
    String page = Files.readString(Project.root().resolve("docs/tutorial/undo-a-bad-migration.md"));
    Map<String, List<String>> steps = new HashMap<>();
    String number = "0";
    for (MatchResult found : HEADING_OR_PIECE.matcher(page).results().toList()) {
      if (found.group(1) != null) {
        number = found.group(1);
        continue;
      }
      List<String> statements = steps.computeIfAbsent(number, any -> new ArrayList<>());
      STATEMENT
          .matcher(found.group(2))
          .results()
          .map(statement -> statement.group(1) + statement.group(2).replace(";", ""))
          .forEach(statements::add);
    }
    return steps;
  }
}
