package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code history} and {@code errors}. */
final class ListingTest {

  private static final Terminal NARROW = new Terminal(true, false, 72, 24, true);

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  @Test
  void showsWhatWasDone(TestDatabase database) throws SQLException {
    database.execute("create table shop (id int)");

    Result result = Pgtrail.in(database).run("history");

    assertThat(result.exitCode()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out().lines().toList())
        .satisfiesExactly(
            header -> assertThat(header).startsWith("STARTED "),
            row ->
                assertThat(row)
                    .contains(" COMPLETED  DDL_AUTO ", " AUTO_DDL_CREATE TABLE ")
                    .endsWith("public.shop"));
  }

  @Test
  void errorsShowsWhyItFailed(TestDatabase database) throws SQLException {
    track(database, "Backup", "disk full");

    assertThat(Pgtrail.in(database).run("errors").out()).contains("Backup", "disk full");
    assertThat(Pgtrail.in(database).run("errors", "--since", "0s").out()).doesNotContain("Backup");
  }

  @Test
  void hostileNamesNeverReachTheTerminal(TestDatabase database) throws SQLException {
    track(database, "evil\u001b]0;owned\u0007\n\u202e\u009b2Jname", "\u001b[2J");

    for (String format : new String[] {"table", "json", "csv"}) {
      Result result = Pgtrail.in(database).on(NARROW).run("errors", "--format", format);

      String withoutLines = result.out().replaceAll("[\r\n]", "");
      assertThat(withoutLines.replaceAll("\u001b\\[3?\\dm", ""))
          .doesNotContainPattern("[\\p{Cntrl}\u0080-\u009f]");
    }
  }

  @Test
  void jsonHoldsEverythingOfAnOperation(TestDatabase database) throws SQLException {
    track(database, "say \"hi\"", "a\\b");

    String out = Pgtrail.in(database).run("history", "--format", "json").out();

    assertThat(out)
        .startsWith("[\n{\"started\":\"")
        .contains(
            "\"name\":\"say \\\"hi\\\"\"", "\"error\":\"a\\\\b\"", "\"metadata\":{\"duration_ms\"")
        .endsWith("}\n]\n");
    assertThat(Pgtrail.in(database).run("history", "--name", "zzz", "--format", "json").out())
        .isEqualTo("[]\n");
  }

  @Test
  void csvQuotesAsTheStandardSays(TestDatabase database) throws SQLException {
    track(database, "a,\"b\"", "x\ny");

    String out = Pgtrail.in(database).run("errors", "--format", "csv").out();

    assertThat(out)
        .startsWith("started,type,user,name,error,")
        .contains(",\"a,\"\"b\"\"\",\"x\ny\",");
  }

  @Test
  void fitsIntoTheTerminal(TestDatabase database) throws SQLException {
    track(database, "n".repeat(255), "e".repeat(500));

    Result result = Pgtrail.in(database).on(NARROW).run("errors");

    assertThat(result.out().lines())
        .allSatisfy(
            line ->
                assertThat(SafeText.width(line.replaceAll("\u001b\\[\\d+m", "")))
                    .isLessThanOrEqualTo(72));
    assertThat(Pgtrail.in(database).run("errors").out()).contains("n".repeat(255), "e".repeat(500));
  }

  @Test
  void limitsAndSaysSoOnlyToAPerson(TestDatabase database) throws SQLException {
    track(database, "one", "x");
    track(database, "two", "x");

    assertThat(Pgtrail.in(database).run("history", "--limit", "1").err()).isEmpty();
    assertThat(Pgtrail.in(database).on(NARROW).run("history", "--limit", "1").err())
        .isEqualTo("The newest 1; --limit 0 shows all.\n");
    assertThat(Pgtrail.in(database).run("history", "--limit", "-1").exitCode()).isEqualTo(2);
  }

  @Test
  void endsQuietlyWhenNobodyReadsAnyMore(TestDatabase database) throws Exception {
    database.execute(
        """
        do $$
        begin
            for n in 1..20000 loop
                perform script_tracking.track_operation('operation ' || n);
            end loop;
        end
        $$
        """);

    Process process = Pgtrail.in(database).start("history", "--limit", "0", "--format", "csv");
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).startsWith("started,");
    }

    assertThat(process.waitFor()).isZero();
    assertThat(process.getErrorStream().readAllBytes()).isEmpty();
  }

  @Test
  void othersSeeOnlyWhatTheyDid(TestDatabase database) throws SQLException {
    track(database, "of the superuser", "x");
    Login nina = database.role("nina");

    assertThat(Pgtrail.as(nina).run("history", "--format", "json").out()).isEqualTo("[]\n");
  }

  private static void track(TestDatabase database, String name, String error) throws SQLException {
    database.execute(
        """
        do $$
        begin
            perform script_tracking.complete_operation(
                script_tracking.track_operation($name$%s$name$), false, $error$%s$error$);
        end
        $$
        """
            .formatted(name, error));
  }
}
