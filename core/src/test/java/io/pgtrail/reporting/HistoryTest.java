package io.pgtrail.reporting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import io.pgtrail.versioning.Versions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("one-major")
final class HistoryTest {

  private static final Optional<String> ANY = Optional.empty();

  @RegisterExtension
  static final TestDatabases DATABASES =
      TestDatabases.with(empty -> new Installer(empty.dataSource()).install());

  @Test
  void readsNewestFirst(TestDatabase database) throws SQLException {
    track(database, "first", true);
    database.execute("create table t (id int)");
    track(database, "third", false);

    List<Operation> operations = read(database, HistoryFilter.all());

    assertThat(operations)
        .extracting(Operation::status)
        .containsExactly("FAILED", "COMPLETED", "COMPLETED");
    assertThat(operations.get(1).type()).isEqualTo("DDL_AUTO");
    assertThat(operations.get(1).objects()).contains("public.t");
    assertThat(operations.get(0).error()).isEqualTo("because");
    assertThat(operations).allSatisfy(operation -> assertThat(operation.duration()).isNotNull());
  }

  @Test
  void callsNothingThatOthersMadeInPublic(TestDatabase database) throws SQLException {
    track(database, "watched", false);
    database.execute(
        "create table public.called (by_whom text)",
        """
        create function public.spy(varchar, varchar) returns boolean language plpgsql as
        $$ begin insert into public.called values (current_user); return true; end $$
        """,
        """
        create function public.lower(varchar) returns text language plpgsql as
        $$ begin insert into public.called values (current_user); return $1; end $$
        """,
        "create operator public.= (leftarg = varchar, rightarg = varchar, function = public.spy)");

    read(
        database,
        HistoryFilter.all()
            .withType("manual")
            .withStatus("failed")
            .withUser("nobody")
            .withText("watched")
            .withLimit(5));
    new Reports(Jdbi.create(database.dataSource())).activity(24, 1);
    new Versions(Jdbi.create(database.dataSource())).objects("called", true, 5);

    assertThat(database.queryForString("select count(*) from public.called")).isEqualTo("0");
  }

  @Test
  void filtersByEverything(TestDatabase database) throws SQLException {
    track(database, "50% off", true);
    track(database, "505 off", false);

    assertThat(names(database, ANY, ANY, ANY, Optional.of("50%"), ANY)).containsExactly("50% off");
    assertThat(names(database, ANY, Optional.of("failed"), ANY, ANY, ANY))
        .containsExactly("505 off");
    assertThat(names(database, Optional.of("manual"), ANY, ANY, ANY, ANY)).hasSize(2);
    assertThat(names(database, ANY, ANY, Optional.of("nobody"), ANY, ANY)).isEmpty();
    assertThat(names(database, ANY, ANY, ANY, ANY, Optional.of("BECAUSE")))
        .containsExactly("505 off");
    assertThat(read(database, HistoryFilter.all().withSince(Instant.now().plusSeconds(60))))
        .isEmpty();
  }

  @Test
  void filtersByObjectExactlyOrByPattern(TestDatabase database) throws SQLException {
    database.execute(
        "create table t (id int)", "create table tt (id int)", "create view t_x as select 1");

    assertThat(objects(database, "public.t")).containsExactly(List.of("public.t"));
    assertThat(objects(database, "*.t*")).hasSize(3);
    assertThat(objects(database, "public.t_*")).containsExactly(List.of("public.t_x"));
    assertThat(objects(database, "t")).isEmpty();
    assertThat(objects(database, "public.%")).isEmpty();
  }

  @Test
  void pagesShowEachOperationOnceWhateverIsRecordedMeanwhile(TestDatabase database)
      throws SQLException {
    // In one transaction at one moment: only the key tells them apart.
    database.execute(
        """
        set role pgtrail_owner;
        insert into script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, script_name, execution_timestamp, record_source)
        select sha256(n::text::bytea), now(), '', 'operation ' || n, '2026-01-01', 'TEST'
        from generate_series(1, 25) as n
        """);
    List<String> everything =
        read(database, HistoryFilter.all()).stream().map(Operation::name).toList();

    List<String> paged = new ArrayList<>();
    HistoryFilter page = HistoryFilter.all().withLimit(10);
    List<Operation> operations = read(database, page);
    while (!operations.isEmpty()) {
      operations.forEach(operation -> paged.add(operation.name()));
      track(database, "meanwhile", true);
      HistoryCursor end = HistoryCursor.at(operations.get(operations.size() - 1));
      operations = read(database, page.withBefore(HistoryCursor.parse(end.text())));
    }

    assertThat(paged).hasSize(25).isEqualTo(everything);
  }

  @Test
  void findsTheSameHoweverFarBackItIs(TestDatabase database) throws SQLException {
    Login nina = database.role("nina");
    database.execute(
        """
        set role pgtrail_owner;
        insert into script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, script_name, execution_timestamp,
                db_session_user, affected_objects, record_source)
        select sha256(n::text::bytea), now(), '', 'operation ' || n,
            now() + interval '5 min' - (n / 3) * (n / 3) * interval '37 min',
            case when n %% 7 = 0 then '%s' else 'someone' end, array['public.t' || n %% 5], 'TEST'
        from generate_series(1, 300) as n
        """
            .formatted(nina.user()));
    HistoryFilter own = HistoryFilter.all();
    HistoryFilter object = HistoryFilter.all().withObject("public.t3");

    assertThat(pages(database.dataSource(), object.withLimit(7)))
        .hasSize(60)
        .isEqualTo(read(database.dataSource(), object));
    assertThat(pages(database.dataSource(), object.withLimit(60)))
        .isEqualTo(read(database.dataSource(), object));
    assertThat(pages(nina.dataSource(), own.withLimit(4)))
        .hasSize(42)
        .isEqualTo(read(nina.dataSource(), own));
  }

  /**
   * Twenty thousand operations in fifty minutes, of which each filter wants one in four or more.
   */
  @Test
  void findsAPageByAnIndexWithoutReadingOrSortingTheTrail(TestDatabase database) throws Exception {
    Login auditor = database.role("auditor");
    Login reader = database.role("reader");
    database.execute(
        "grant pgtrail_auditor to " + auditor.user(),
        "grant pgtrail_reader to " + reader.user(),
        "select script_tracking.create_tenant('acme'), script_tracking.create_tenant('bolt')",
        "select script_tracking.grant_tenant('acme', '" + auditor.user() + "')",
        "select script_tracking.grant_tenant('acme', '" + reader.user() + "')",
        """
        begin;
        set local role pgtrail_owner;
        insert into script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
                execution_timestamp, db_session_user, affected_objects, sql_command, tenant_hk, record_source)
        select sha256(n::text::bytea), now(), '', 'operation ' || n, (array['IMPORT', 'BACKUP'])[n % 2 + 1],
            (array['COMPLETED', 'FAILED', 'RUNNING'])[n % 3 + 1], now() - n * interval '150 ms',
            case when n % 2 = 0 then 'ann' else 'bob' end, array['public.t' || n % 2], 'select ' || n % 4,
            case when n % 5 = 0 then sha256('bolt') when n % 5 < 4 then sha256('acme') end, 'TEST'
        from generate_series(1, 20000) as n;
        commit
        """,
        "analyze script_tracking.script_execution_s");
    Instant now = Instant.now();
    HistoryFilter any = HistoryFilter.all();
    Map<String, HistoryFilter> filters = new LinkedHashMap<>();
    filters.put("none", any);
    filters.put("since", any.withSince(now.minus(Duration.ofMinutes(40))));
    filters.put("until", any.withUntil(now.minus(Duration.ofMinutes(20))));
    filters.put("type", any.withType("import"));
    filters.put("completed", any.withStatus("completed"));
    filters.put("failed", any.withStatus("failed"));
    filters.put("running", any.withStatus("running"));
    filters.put("user", any.withUser("ann"));
    filters.put("object", any.withObject("public.t1"));
    filters.put("pattern", any.withObject("*.t1"));
    filters.put("text", any.withText("SELECT 3"));
    filters.put("tenant", any.withTenant("acme"));
    filters.put("far", any.withBefore(new HistoryCursor(now.minus(Duration.ofMinutes(40)), "00")));

    for (Login caller : List.of(auditor, reader)) {
      for (Map.Entry<String, HistoryFilter> filter : filters.entrySet()) {
        String title = filter.getKey() + " as " + caller.user();
        HistoryFilter page = filter.getValue().withLimit(50);
        List<Operation> first = new ArrayList<>();

        assertThat(plansOf(caller, page, first)).as(title).allSatisfy(HistoryTest::assertQuick);
        assertThat(first).as(title).hasSize(50);

        HistoryFilter next = page.withBefore(HistoryCursor.at(first.get(49)));
        List<Operation> second = new ArrayList<>();
        assertThat(plansOf(caller, next, second)).as(title).allSatisfy(HistoryTest::assertQuick);
        assertThat(second).as(title).hasSize(50).doesNotContainAnyElementsOf(first);
      }
    }
  }

  /**
   * A fortieth of the trail at most is read, by an index that has its order but for operations of
   * the same microsecond; what was found is then read by its keys.
   */
  private static void assertQuick(String plan) {
    assertThat(plan).contains("Index").doesNotContain("Seq Scan on script_execution_s");
    assertThat(ROWS.matcher(plan).results().mapToLong(rows -> Long.parseLong(rows.group(1))))
        .isNotEmpty()
        .allSatisfy(rows -> assertThat(rows).as(plan).isLessThanOrEqualTo(500));
    if (!plan.contains("script_execution_s_pkey")) {
      assertThat(plan).doesNotContainPattern("(?m)^ *(-> +)?Sort +\\(actual");
    }
  }

  private static final Pattern ROWS =
      Pattern.compile("(?:actual rows=|Rows Removed by [A-Za-z ]+: )(\\d+)");

  /** How the server carries out all that is asked of the trail for a page. */
  private static List<String> plansOf(Login caller, HistoryFilter filter, List<Operation> page) {
    List<String> plans = new ArrayList<>();
    Jdbi jdbi = Jdbi.create(caller.dataSource());
    jdbi.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logAfterExecution(StatementContext context) {
            String sql = context.getStatement().toString();
            if (sql.contains("script_tracking.script_execution_s as s")) {
              plans.add(plan(context.getConnection(), sql));
            }
          }
        });

    new History(jdbi).read(filter, page::add);

    assertThat(plans).isNotEmpty();
    return plans;
  }

  /** In the same transaction and with the same settings. */
  private static String plan(Connection session, String sql) {
    try {
      return Sql.rows(session, "explain (analyze, costs off, timing off, summary off) " + sql)
          .stream()
          .map(row -> String.valueOf(row.get("QUERY PLAN")))
          .collect(Collectors.joining("\n", sql + "\n", ""));
    } catch (SQLException failure) {
      throw new IllegalStateException(sql, failure);
    }
  }

  @Test
  void tellsHowFarBackItHasSearched(TestDatabase database) throws SQLException {
    track(database, "the only one", true);
    HistoryFilter missing = HistoryFilter.all().withObject("public.none").withLimit(1);
    List<Instant> reached = new ArrayList<>();

    new History(database.dataSource()).read(missing, reached::add, operation -> true);

    assertThat(reached).hasSize(4).isSortedAccordingTo(Comparator.reverseOrder());
    reached.clear();
    new History(database.dataSource())
        .read(
            missing.withSince(Instant.now().minus(Duration.ofHours(2))),
            reached::add,
            operation -> true);
    assertThat(reached).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "%", "AAAA", "AAAAAAAAAAA", "f_________8", "7fffffffffffffff00"})
  void refusesACursorThatIsNone(String text) {
    assertThatThrownBy(() -> HistoryCursor.parse(text))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  @Test
  void readsTheTenantThatTheSessionMayReadAndRefusesOthers(TestDatabase database)
      throws SQLException {
    Login reader = database.role("reader");
    database.execute(
        "grant pgtrail_reader to " + reader.user(),
        "select script_tracking.create_tenant('acme'), script_tracking.create_tenant('zenith')",
        "select script_tracking.create_tenant('third')",
        "select script_tracking.grant_tenant('acme', '" + reader.user() + "')",
        "select script_tracking.grant_tenant('third', '" + reader.user() + "')",
        "select script_tracking.grant_tenant('acme', 'postgres')",
        "select script_tracking.grant_tenant('zenith', 'postgres')");
    for (String tenant : List.of("acme", "zenith")) {
      database.execute(
          "set script_tracking.tenant = '" + tenant + "'; create table " + tenant + " (id int)");
    }

    assertThat(objectsOf(database.dataSource(), "zenith"))
        .containsExactly(List.of("public.zenith"));
    assertThat(objectsOf(reader.dataSource(), "acme")).containsExactly(List.of("public.acme"));
    assertThat(objectsOf(reader.dataSource(), "third")).isEmpty();
    for (String tenant : List.of("zenith", "unknown")) {
      assertThatThrownBy(() -> objectsOf(reader.dataSource(), tenant))
          .isInstanceOfSatisfying(
              PgtrailException.class,
              refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.TENANT_NOT_GRANTED));
    }
    assertThatThrownBy(() -> objectsOf(database.dataSource(), "unknown"))
        .hasMessage("there is no tenant 'unknown'");
  }

  @Test
  void stopsWhenAskedTo(TestDatabase database) throws SQLException {
    for (int i = 0; i < 3; i++) {
      track(database, "one of three", true);
    }
    List<Operation> seen = new ArrayList<>();

    new History(database.dataSource()).read(HistoryFilter.all(), operation -> !seen.add(operation));

    assertThat(seen).hasSize(1);
  }

  @Test
  void survivesMetadataWrittenByHand(TestDatabase database) throws SQLException {
    track(database, "odd", true);
    database.execute(
        "update script_tracking.script_execution_s set metadata = '{\"duration_ms\": \"x\"}'");

    assertThat(read(database, HistoryFilter.all())).hasSize(1);
  }

  @Test
  void saysThatPgtrailIsNotInstalled(TestDatabase database) throws SQLException {
    new Installer(database.dataSource()).uninstall(true);

    assertThatThrownBy(() -> read(database, HistoryFilter.all()))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_INSTALLED));
  }

  private static void track(TestDatabase database, String name, boolean success)
      throws SQLException {
    database.execute(
        """
        do $$
        begin
            perform script_tracking.complete_operation(
                script_tracking.track_operation('%s'), %s, %s);
        end
        $$
        """
            .formatted(name, success, success ? "null" : "'because'"));
  }

  private static List<List<String>> objects(TestDatabase database, String object) {
    HistoryFilter filter = HistoryFilter.all().withObject(object);
    return read(database, filter).stream().map(Operation::objects).toList();
  }

  private static List<List<String>> objectsOf(DataSource dataSource, String tenant) {
    List<List<String>> objects = new ArrayList<>();
    new History(dataSource)
        .read(
            HistoryFilter.all().withTenant(tenant), operation -> objects.add(operation.objects()));
    return objects;
  }

  private static List<String> names(
      TestDatabase database,
      Optional<String> type,
      Optional<String> status,
      Optional<String> user,
      Optional<String> name,
      Optional<String> text) {
    HistoryFilter filter =
        new HistoryFilter(
            Optional.empty(),
            Optional.empty(),
            type,
            status,
            user,
            name,
            ANY,
            text,
            ANY,
            Optional.empty(),
            0);
    return read(database, filter).stream().map(Operation::name).toList();
  }

  private static List<Operation> read(TestDatabase database, HistoryFilter filter) {
    return read(database.dataSource(), filter);
  }

  private static List<Operation> read(DataSource dataSource, HistoryFilter filter) {
    List<Operation> operations = new ArrayList<>();
    new History(dataSource).read(filter, operations::add);
    return operations;
  }

  private static List<Operation> pages(DataSource dataSource, HistoryFilter filter) {
    List<Operation> all = new ArrayList<>();
    List<Operation> page = read(dataSource, filter);
    while (!page.isEmpty()) {
      all.addAll(page);
      HistoryCursor end = HistoryCursor.at(page.get(page.size() - 1));
      page = read(dataSource, filter.withBefore(end));
    }
    return all;
  }
}
