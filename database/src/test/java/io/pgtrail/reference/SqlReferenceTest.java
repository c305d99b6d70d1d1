package io.pgtrail.reference;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.GeneratedPage;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
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
            where n.nspname in ('script_tracking', 'pggit', 'util', 'public')
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
