package io.pgtrail.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.GeneratedPage;
import io.pgtrail.testkit.Project;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SqlReferenceTest {

  /** The catalogs word some things differently from version to version: one of them is the page. */
  private static final int VERSION_OF_THE_PAGE = 18;

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  @Test
  void theSqlPageListsEveryPublicObjectWithItsComment(TestDatabase database) throws Exception {
    assumeTrue(database.majorVersion() == VERSION_OF_THE_PAGE);

    String page =
        """
        # SQL

        Everything that is called or read from SQL, as the catalogs of an installed database describe it. PostgreSQL drops
        the length from the types of arguments and results: a `character varying` name still has at most 255 characters.

        """
            + functions(database)
            + relations(database)
            + columns(database, "Settings", "pgtrail.settings")
            + eventTriggers(database);

    GeneratedPage.named("sql.md").mustBe(page);
  }

  /** The page says what each means, which no catalog knows; so it is written by hand. */
  @Test
  void theReportsPageNamesEveryColumnStatusAndMetric(TestDatabase database) throws Exception {
    String page = Files.readString(Project.root().resolve("docs/reference/reports.md"));
    List<Map<String, @Nullable Object>> words = database.rows(REPORTS_AND_THEIR_WORDS);

    assertThat(words)
        .extracting(word -> word.get("report"))
        .contains(
            "get_enterprise_dashboard",
            "get_performance_metrics",
            "get_system_health",
            "get_recent_errors",
            "get_execution_history",
            "get_anomalies",
            "get_activity",
            "get_growth_forecast");
    assertThat(words).hasSizeGreaterThan(120);
    for (Map<String, @Nullable Object> word : words) {
      String heading = "## " + word.get("report") + "(";
      assertThat(page).contains(heading);
      String section = page.substring(page.indexOf(heading)).split("\n## ", 2)[0];
      assertThat(section)
          .as("%s of %s", word.get("word"), word.get("report"))
          .containsPattern("`[^`]*\\b" + word.get("word") + "\\b[^`]*`");
    }
  }

  /** Columns; words in capitals in its body and in what it judges by; names that it gives. */
  private static final String REPORTS_AND_THEIR_WORDS =
      """
      with report as (
          select p.oid as id, p.proname::text as name
          from pg_proc as p
          where p.pronamespace = 'script_tracking'::regnamespace
              and p.proretset
              and p.proname in ('get_enterprise_dashboard', 'get_performance_metrics', 'get_system_health',
                  'get_recent_errors', 'get_execution_history', 'get_anomalies', 'get_activity', 'get_growth_forecast')
      ),
      judge as (
          select r.name, r.id from report as r
          union all
          select j.report, p.oid
          from (values
              ('get_enterprise_dashboard', '^(success_status|duration_status|performance_rating)$'),
              ('get_performance_metrics', '^(trend|performance_rating)$'),
              ('get_system_health', '_health$')
          ) as j (report, functions)
          join pg_proc as p on p.pronamespace = 'pgtrail'::regnamespace and p.proname ~ j.functions
      )
      select r.name as report, c.name as word
      from report as r
      join pg_proc as p on p.oid = r.id,
          unnest(p.proargnames, p.proargmodes) as c (name, mode)
      where c.mode = 't'
      union
      select j.name, w.word[1]
      from judge as j, regexp_matches(pg_get_functiondef(j.id), $$'([A-Z][A-Z_]+)'$$, 'g') as w (word)
      -- Not given, but asked for, or only the beginning of what is given.
      where w.word[1] not in ('COMPLETED', 'FAILED', 'RUNNING', 'DDL_AUTO', 'UTC', 'PUBLIC', 'INSERT', 'UPDATE',
          'DELETE', 'TRUNCATE', 'TRIGGER', 'HOUR', 'VOLUME', 'FAILURE_RATE', 'DURATION')
      union
      select 'get_anomalies', k.kind
      from unnest(array['VOLUME_HIGH', 'VOLUME_LOW', 'FAILURE_RATE_HIGH', 'DURATION_HIGH', 'DURATION_LOW']) as k (kind)
      union
      select 'get_execution_history', w.word[1]
      from pg_attribute as a, regexp_matches(col_description(a.attrelid, a.attnum), '[A-Z]{2,}', 'g') as w (word)
      where a.attrelid = 'script_tracking.script_execution_s'::regclass
          and a.attname = 'execution_status'
      union
      select 'get_enterprise_dashboard', d.metric_name from script_tracking.get_enterprise_dashboard() as d
      union
      select 'get_enterprise_dashboard', d.metric_unit from script_tracking.get_enterprise_dashboard() as d
      union
      select 'get_performance_metrics', m.metric_name from script_tracking.get_performance_metrics() as m
      union
      select 'get_system_health', h.health_metric from script_tracking.get_system_health() as h
      order by 1, 2
      """;

  private static String functions(TestDatabase database) throws Exception {
    StringBuilder text = new StringBuilder("## Functions\n\n");
    for (Map<String, @Nullable Object> function :
        database.rows(
            """
            select p.oid::regprocedure::text as signature,
                n.nspname || '.' || p.proname as name,
                pg_get_function_arguments(p.oid) as arguments,
                -- Rows of a type as if the function listed its columns itself.
                coalesce((
                    select 'TABLE(' || string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum) || ')'
                    from pg_class as c
                    join pg_attribute as a on a.attrelid = c.oid
                    where c.reltype = p.prorettype and c.relkind = 'c' and p.proretset
                ), pg_get_function_result(p.oid)) as result,
                obj_description(p.oid, 'pg_proc') as description
            from pg_proc as p
            join pg_namespace as n on n.oid = p.pronamespace
            where n.nspname in ('script_tracking', 'pggit', 'auth', 'util', 'public')
                and p.prorettype <> 'event_trigger'::regtype
            order by n.nspname <> 'script_tracking', n.nspname, p.proname
            """)) {
      text.append(
          "### `%s`%n%n```sql%n%s(%s)%n%s```%n%n%s%n%n"
              .formatted(
                  function.get("name"),
                  (function.get("result") == null ? "CALL " : "") + function.get("name"),
                  broken(function.get("arguments")),
                  returns(function.get("result")),
                  function.get("description")));
    }
    return text.toString();
  }

  /** A procedure returns nothing. */
  private static String returns(@Nullable Object result) {
    return result == null ? "" : "RETURNS " + broken(result) + "\n";
  }

  /** One argument a line, when there are several. */
  private static String broken(@Nullable Object list) {
    String text = String.valueOf(list);
    return text.contains(", ")
        ? text.replaceFirst("^(TABLE\\()?", "$1\n    ").replace(", ", ",\n    ")
            + (text.startsWith("TABLE(") ? "" : "\n")
        : text;
  }

  private static String relations(TestDatabase database) throws Exception {
    StringBuilder text = new StringBuilder();
    for (String relation :
        List.of(
            "script_tracking.script_execution_h",
            "script_tracking.script_execution_s",
            "script_tracking.script_execution_s_history",
            "script_tracking.script_execution_s_versions",
            "pggit.commit",
            "pggit.objects",
            "pggit.history",
            "pggit.dependencies")) {
      text.append(columns(database, "`" + relation + "`", relation));
    }
    return text.toString();
  }

  private static String columns(TestDatabase database, String title, String relation)
      throws Exception {
    StringBuilder text =
        new StringBuilder(
            "## %s%n%n%s%n%n| column | type | null | default | meaning |%n|---|---|---|---|---|%n"
                .formatted(
                    title,
                    database.queryForString(
                        "select obj_description('%s'::regclass)".formatted(relation))));
    for (Map<String, @Nullable Object> column :
        database.rows(
            """
            select a.attname as name,
                format_type(a.atttypid, a.atttypmod) as type,
                case when a.attnotnull then 'no' else 'yes' end as nullable,
                coalesce('`' || pg_get_expr(d.adbin, d.adrelid) || '`', '') as default_value,
                coalesce(col_description(a.attrelid, a.attnum), '') as description
            from pg_attribute as a
            left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = '%s'::regclass and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """
                .formatted(relation))) {
      text.append(
          "| `%s` | %s | %s | %s | %s |%n"
              .formatted(
                  column.get("name"),
                  column.get("type"),
                  column.get("nullable"),
                  column.get("default_value"),
                  column.get("description")));
    }
    return text.append('\n').toString();
  }

  private static String eventTriggers(TestDatabase database) throws Exception {
    StringBuilder text =
        new StringBuilder(
            "## Event triggers\n\n| name | event | function | what for |\n|---|---|---|---|\n");
    for (Map<String, @Nullable Object> trigger :
        database.rows(
            """
            select t.evtname as name, t.evtevent as event, t.evtfoid::regprocedure::text as function,
                obj_description(t.evtfoid, 'pg_proc') as description
            from pg_event_trigger as t
            order by t.evtname
            """)) {
      text.append(
          "| `%s` | `%s` | `%s` | %s |%n"
              .formatted(
                  trigger.get("name"),
                  trigger.get("event"),
                  trigger.get("function"),
                  trigger.get("description")));
    }
    return text.toString();
  }
}
