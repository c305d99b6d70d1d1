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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void aTerminalShowsEachStatusInItsColourAndWhyItFailedInRed(TestDatabase database)
      throws SQLException {
    track(database, "Backup", "disk full");
    database.execute(
        "create table shop (id int)", "select script_tracking.track_operation('Import')");

    assertThat(Pgtrail.in(database).on(NARROW).run("history").out())
        .startsWith("STARTED ")
        .contains(
            "  \u001b[31mFAILED\u001b[0m ",
            "  \u001b[32mCOMPLETED\u001b[0m ",
            "  \u001b[33mRUNNING\u001b[0m ");
    assertThat(Pgtrail.in(database).on(NARROW).run("errors").out())
        .startsWith("STARTED ")
        .contains("  ERROR\n", "  Backup", "  \u001b[31mdisk full\u001b[0m\n");
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
  void pagesGoOnWhereTheFormerOneEnded(TestDatabase database) throws SQLException {
    track(database, "one", "x");
    track(database, "two", "x");
    track(database, "three", "x");
    for (String command : new String[] {"history", "errors"}) {
      Pgtrail pgtrail = Pgtrail.in(database);

      Result first = pgtrail.run(command, "--limit", "2");
      assertThat(first.out()).contains("three", "two").doesNotContain("one");
      assertThat(first.err()).matches("next page: --before [A-Za-z0-9_-]+\n");

      String cursor = first.err().strip().replaceFirst(".* ", "");
      Result second = pgtrail.run(command, "--limit", "2", "--before", cursor);
      assertThat(second.out()).contains("one").doesNotContain("two");
      assertThat(second.err()).isEmpty();
      assertThat(pgtrail.run(command, "--limit", "3").err()).isEmpty();
    }
  }

  @Test
  void pagesOfAFilterGoOnToo(TestDatabase database) throws SQLException {
    for (int i = 1; i <= 5; i++) {
      track(database, "wanted " + i, "disk full");
      track(database, "aside " + i, "out of memory");
    }
    List<String> shown = new ArrayList<>();

    Result page = Pgtrail.in(database).run("history", "--text", "DISK", "--limit", "2");
    while (!page.err().isEmpty()) {
      shown.add(names(page));
      track(database, "wanted later", "disk full");
      String cursor = page.err().strip().replaceFirst(".* ", "");
      page =
          Pgtrail.in(database).run("history", "--text", "DISK", "--limit", "2", "--before", cursor);
    }
    shown.add(names(page));

    assertThat(shown).containsExactly("wanted 5, wanted 4", "wanted 3, wanted 2", "wanted 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--user   | ann           | old | nobody",
        "--type   | import        | old | none",
        "--status | failed        | old | running",
        "--name   | OL            | old | zzz",
        "--object | public.orders | old | public.order",
        "--object | *.ord*        | old | *.x*",
        "--text   | DISK          | old | tape",
        "--text   | select 7      | new | select 8",
        "--tenant | acme          | old | bolt",
        "--until  | 2026-01-02    | old | 2025-12-31",
        "--since  | 2026-01-02    | new | 2026-01-05",
      })
  void showsWhatEachFilterLetsThrough(
      String filter, String letsThrough, String found, String none, TestDatabase database)
      throws SQLException {
    database.execute(
        "select script_tracking.create_tenant('acme'), script_tracking.create_tenant('bolt')",
        "select script_tracking.grant_tenant(t, current_user) from unnest(array['acme', 'bolt']) as t",
        """
        set role pgtrail_owner;
        insert into script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
                execution_timestamp, db_session_user, affected_objects, sql_command, error_message, tenant_hk,
                record_source)
        values
            ('1', now(), '', 'old', 'IMPORT', 'FAILED', '2026-01-01', 'ann', array['public.orders'], null,
                'disk full', sha256('acme'), 'TEST'),
            ('2', now(), '', 'new', 'BACKUP', 'COMPLETED', '2026-01-03', 'bob', array['public.items'],
                'select 7', null, null, 'TEST')
        """);
    Pgtrail pgtrail = Pgtrail.in(database);

    assertThat(names(pgtrail.run("history", filter, letsThrough))).isEqualTo(found);
    assertThat(pgtrail.run("history", filter, none).err()).isEqualTo("No operations match.\n");
  }

  /** The names in a table of short ones, in its order. */
  private static String names(Result table) {
    assertThat(table.exitCode()).as(table.err()).isZero();
    return Pattern.compile("(wanted|aside) (\\d|later)|\\b(old|new)\\b")
        .matcher(table.out())
        .results()
        .map(MatchResult::group)
        .collect(Collectors.joining(", "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--limit -1 | --limit -1 is negative",
        "--limit many | Invalid value for option '--limit'",
        "--before xyz | 'xyz' is no cursor of a page",
        "--before AAAAAAAAAAAAAAAAAAAAAAAAAAAA --watch | exclude each other",
        "--since soon | 'soon' is no moment",
        "--watch -1 | pgtrail: ",
      })
  void refusesWhatMakesNoSense(String arguments, String complaint, TestDatabase database) {
    Result result = Pgtrail.in(database).run(("history " + arguments).split(" "));

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains(complaint);
  }

  @Test
  void saysThatNothingMatches(TestDatabase database) {
    Result result = Pgtrail.in(database).run("history", "--object", "public.none");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).startsWith("STARTED ");
    assertThat(result.err()).isEqualTo("No operations match.\n");
  }

  @Test
  void saysOnATerminalHowFarBackItHasSearched(TestDatabase database) {
    Result result =
        Pgtrail.in(database)
            .on(new Terminal(true, false, 80, 24, false))
            .run("history", "--object", "public.none");

    assertThat(result.err())
        .startsWith("\rSearching: back to 20")
        .endsWith("\r\u001b[KNo operations match.\n");
  }

  @Test
  void showsWhatTouchedAnObjectAndWhatBelongsToATenant(TestDatabase database) throws SQLException {
    database.execute(
        "create table a (id int)",
        "select script_tracking.create_tenant('acme')",
        "select script_tracking.grant_tenant('acme', current_user)",
        "set script_tracking.tenant = 'acme'; create table b (id int)");
    Pgtrail pgtrail = Pgtrail.in(database);

    assertThat(pgtrail.run("history", "--object", "public.a").out())
        .contains("public.a")
        .doesNotContain("public.b");
    assertThat(pgtrail.run("history", "--object", "public.*").out())
        .contains("public.a", "public.b");
    assertThat(pgtrail.run("history", "--tenant", "acme").out())
        .contains("public.b")
        .doesNotContain("public.a");
    Result unknown = pgtrail.run("history", "--tenant", "nobody");
    assertThat(unknown.exitCode()).isEqualTo(4);
    assertThat(unknown.err()).startsWith("pgtrail: there is no tenant 'nobody'\n");
    assertThat(Pgtrail.as(database.role("nina")).run("errors", "--tenant", "acme").exitCode())
        .isEqualTo(4);
  }

  /** All of it is many times what the program may use. */
  @Test
  void printsAnyNumberOfOperationsInLittleMemory(TestDatabase database) throws Exception {
    database.execute(
        """
        set role pgtrail_owner;
        insert into script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, script_name, sql_command, record_source)
        select sha256(n::text::bytea), now(), '', 'operation ' || n, repeat('select ', 2000), 'TEST'
        from generate_series(1, 10000) as n
        """);

    // Besides an operation a line: the heading, or the brackets of the array.
    assertThat(linesInLittleMemory(database, "table")).isEqualTo(10000 + 1);
    assertThat(linesInLittleMemory(database, "csv")).isEqualTo(10000 + 1);
    assertThat(linesInLittleMemory(database, "json")).isEqualTo(10000 + 2);
  }

  private static long linesInLittleMemory(TestDatabase database, String format) throws Exception {
    Process process =
        Pgtrail.in(database)
            .with("JAVA_TOOL_OPTIONS", "-Xmx40m")
            .start("history", "--limit", "0", "--format", format);
    try (var output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      long lines = output.lines().count();
      assertThat(process.waitFor()).as(format).isZero();
      return lines;
    }
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
