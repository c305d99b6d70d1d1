package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How grave each kind of change is: an example for every rule, in both directions. */
final class SeverityTest extends VersionedDatabase {

  private static final List<String> FILES =
      List.of("tables", "foreign-tables", "indexes", "views", "routines", "code", "others");

  /** Kinds whose catalog is not called as they are. */
  private static final Map<String, String> CATALOGS =
      Map.ofEntries(
          Map.entry("TABLE", "pg_class"),
          Map.entry("FOREIGN TABLE", "pg_class"),
          Map.entry("INDEX", "pg_class"),
          Map.entry("SEQUENCE", "pg_class"),
          Map.entry("VIEW", "pg_class"),
          Map.entry("MATERIALIZED VIEW", "pg_class"),
          Map.entry("FUNCTION", "pg_proc"),
          Map.entry("PROCEDURE", "pg_proc"),
          Map.entry("AGGREGATE", "pg_proc"),
          Map.entry("DOMAIN", "pg_type"),
          Map.entry("SCHEMA", "pg_namespace"),
          Map.entry("RULE", "pg_rewrite"),
          Map.entry("STATISTICS", "pg_statistic_ext"),
          Map.entry("SERVER", "pg_foreign_server"),
          Map.entry("DEFAULT PRIVILEGES", "pg_default_acl"),
          Map.entry("TEXT SEARCH DICTIONARY", "pg_ts_dict"),
          Map.entry("TEXT SEARCH CONFIGURATION", "pg_ts_config"),
          Map.entry("TEXT SEARCH PARSER", "pg_ts_parser"),
          Map.entry("TEXT SEARCH TEMPLATE", "pg_ts_template"));

  private static final String DEFINITION =
      """
      select d.definition
      from pgtrail.describe('%1$s'::regclass, array(select c.oid from %1$s as c where c.oid >= %4$s)) as d
      where d.object_type = '%2$s' and d.full_name = '%3$s'
      """;

  private static final String DIFFERENCES =
      """
      select
          '%1$s ' || c.severity || ' ' || coalesce(r.path, array_to_string(c.path, '.') || ' WITHOUT A RULE') || ' ' || c.change as line,
          r.object_type || ' ' || r.path || ' ' || r.change as rule
      from pgtrail.weighed_changes('%2$s', '%3$s', '%4$s') as c
      left join lateral pgtrail.rule_for('%2$s', c.path, c.change) as r on true
      order by 1
      """;

  /**
   * A change of one object.
   *
   * @param name before and after it
   * @param expected one line a difference: there (&gt;) and back (&lt;)
   */
  private record Example(
      String type,
      List<String> name,
      int firstMajor,
      String before,
      String change,
      List<String> expected) {

    private static final Pattern TITLE =
        Pattern.compile("((?:[A-Z]+ )*[A-Z]+) (.*?)(?: -> (.*?))?(?: \\(from (\\d+)\\))?");

    static Example parse(String text) {
      String[] parts = text.split("\n(?=>>> )|\n(?=[<>] )", -1);
      String[] titleAndBefore = parts[0].split("\n", 2);
      Matcher title = TITLE.matcher(titleAndBefore[0]);
      if (!title.matches()) {
        throw new IllegalArgumentException("Not a title: " + titleAndBefore[0]);
      }
      return new Example(
          title.group(1),
          List.of(title.group(2), Objects.requireNonNullElse(title.group(3), title.group(2))),
          title.group(4) == null ? 0 : Integer.parseInt(title.group(4)),
          titleAndBefore[1],
          parts[1].substring(">>> ".length()),
          Arrays.stream(parts).skip(2).map(String::strip).toList());
    }

    String catalog() {
      return CATALOGS.getOrDefault(type, "pg_" + type.toLowerCase(Locale.ROOT).replace(' ', '_'));
    }
  }

  private final Set<String> tablespaces = new TreeSet<>();

  /** What the examples make is newer. */
  private String firstOid = "";

  @AfterEach
  void dropTablespaces() throws SQLException {
    for (String tablespace : tablespaces) {
      run("drop tablespace " + tablespace);
    }
  }

  @Test
  void everyRuleHasAnExampleOfTheSeverityItSays() throws Exception {
    prepare();
    Set<String> rules = new TreeSet<>();

    for (String file : FILES) {
      for (String text : read(file + ".txt").split("(?m)^=== ", -1)) {
        if (!text.isBlank() && Example.parse(text).firstMajor <= database.majorVersion()) {
          check(Example.parse(text), rules);
        }
      }
    }

    if (database.majorVersion() >= 18) {
      assertThat(
              column(
                  "select object_type || ' ' || path || ' ' || change from pgtrail.severity_rule"))
          .allSatisfy(rule -> assertThat(rules).contains(rule));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alter table t add column b int | 1.1.0",
        "alter table t add column b int not null default 1 | 1.1.0",
        "alter table t add column b int not null | 2.0.0",
        "alter table t drop column a | 2.0.0",
        "alter table t rename to u | 2.0.0",
        "alter table t alter a type bigint | 1.1.0",
        "alter table t alter a type smallint | 2.0.0",
        "comment on table t is 'x' | 1.0.1",
        "alter table t set (fillfactor = 50) | 1.0.1",
        "alter table t add column b int, drop column a | 2.0.0",
        "alter table t add column b int; comment on table t is 'x' | 1.1.1",
        "comment on table t is 'x'; alter table t add column b int; drop table t;"
            + " create table t (a int) | 2.0.0",
      })
  void aVersionIsRaisedByTheGravestOfItsChanges(String statements, String version)
      throws SQLException {
    run("create table t (a int)");
    String id = value("select id from pggit.objects where full_name = 'public.t'");

    for (String statement : statements.split("; ", -1)) {
      run(statement);
    }

    assertThat(value("select version from pggit.objects where id = '" + id + "'"))
        .isEqualTo(version);
  }

  @Test
  void whatIsOnlyWordedAnewIsAsGoodAsBefore() throws SQLException {
    run(
        "create type mood as enum ('glad')",
        "create table t (id serial primary key, mood mood)",
        "create table r (t_id int references t)",
        "create view v as select id, mood from t",
        "create function f(mood) returns int language sql as 'select 1'",
        "create policy p on t using (id > 0)");

    assertThat(
            changesOf(
                "begin",
                "alter table t rename to u",
                "alter table u rename column id to key",
                "alter type mood rename to temper",
                "commit"))
        .containsExactlyInAnyOrder(
            "RENAME TYPE public.temper 2.0.0",
            "RENAME TABLE public.u 2.0.0",
            "ALTER TABLE public.r 1.0.1",
            "ALTER SEQUENCE public.t_id_seq 1.0.1",
            "ALTER VIEW public.v 1.0.1",
            "ALTER FUNCTION public.f(public.temper) 1.0.1",
            "ALTER POLICY p on public.u 1.0.1");
  }

  private void prepare() throws SQLException, IOException {
    run("set session_replication_role = replica", "create schema s");
    firstOid = value("select 's'::regnamespace::oid");
    member("bob");
    member("amy");
    if (database.majorVersion() >= 15) {
      run("set allow_in_place_tablespaces = on");
      for (String name : List.of("space", "space2")) {
        run("create tablespace " + name + "_" + database.name() + " location ''");
        tablespaces.add(name + "_" + database.name());
      }
    }
    for (String statement : read("common.sql").split(";\n", -1)) {
      run(statement);
    }
  }

  private void check(Example example, Set<String> rules) throws SQLException {
    String before;
    String after;
    run("begin");
    try {
      run(local(example.before));
      before = definition(example, example.name.get(0));
      run(local(example.change));
      after = definition(example, example.name.get(1));
    } finally {
      run("rollback");
    }
    List<String> lines = new ArrayList<>();
    compare(">", example, before, after, lines, rules);
    compare("<", example, after, before, lines, rules);
    assertThat(lines).as(example.toString()).isNotEmpty().isEqualTo(example.expected);
  }

  private void compare(
      String direction,
      Example example,
      String from,
      String to,
      List<String> lines,
      Set<String> rules)
      throws SQLException {
    Sql.rows(connection, DIFFERENCES.formatted(direction, example.type, quoted(from), quoted(to)))
        .forEach(
            difference -> {
              lines.add(String.valueOf(difference.get("line")));
              rules.add(String.valueOf(difference.get("rule")));
            });
  }

  private String definition(Example example, String name) throws SQLException {
    return value(
        DEFINITION.formatted(example.catalog(), example.type, quoted(local(name)), firstOid));
  }

  /** Roles and tablespaces are seen by all databases: theirs have names of their own here. */
  private String local(String text) {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("$bob", "bob_" + database.name());
    names.put("$amy", "amy_" + database.name());
    names.put("$space2", "space2_" + database.name());
    names.put("$space", "space_" + database.name());
    String result = text;
    for (Map.Entry<String, String> name : names.entrySet()) {
      result = result.replace(name.getKey(), name.getValue());
    }
    return result;
  }

  private static String quoted(String text) {
    return text.replace("'", "''");
  }

  private static String read(String name) throws IOException {
    try (InputStream resource = SeverityTest.class.getResourceAsStream("severity/" + name)) {
      return new String(
              Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .collect(Collectors.joining("\n"));
    }
  }
}
