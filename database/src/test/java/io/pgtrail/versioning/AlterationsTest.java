package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the files in {@code alterations} change is changed back, and done again, by the steps
 * between the definitions before and after. Each block there is a name, statements, and behind
 * {@code -- then} the change; {@code rebuilt} says that an object must be dropped and created for
 * it.
 */
final class AlterationsTest {

  @RegisterExtension static final TestDatabases databases = Installations.PGTRAIL_DATABASES;

  private static TestDatabase database;

  /** One for all, so that the functions are planned once; each alteration is rolled back. */
  private static Connection connection;

  private static final Pattern HEADING =
      Pattern.compile("-- (?<name>.*?)(, from (?<major>\\d+))?(?<rebuilt>, rebuilt)?");

  private static final String DEFINITIONS =
      """
      select d.object_id, d.object_type, d.full_name, d.definition
      from (
          select v.class_id, array_agg(v.object_id) as objects
          from pgtrail.versioned_object as v
          group by v.class_id
      ) as v
      cross join lateral pgtrail.describe(v.class_id, v.objects) as d
      """;

  record Alteration(String name, int fromMajor, boolean rebuilt, String before, String change) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Alteration> alterations() {
    return Stream.of("code", "others", "relations").flatMap(AlterationsTest::readFile);
  }

  @BeforeAll
  static void connect(TestDatabase shared) throws SQLException {
    database = shared;
    connection = SimpleProtocol.of(shared.login()).connect();
    // Definitions are read from the catalogs here: nothing has to be recorded.
    run("set session_replication_role = replica");
    run("prepare definitions as " + DEFINITIONS);
  }

  @AfterAll
  static void disconnect() throws SQLException {
    connection.close();
  }

  @BeforeEach
  void begin() throws SQLException {
    run("begin");
  }

  @AfterEach
  void rollBack() throws SQLException {
    run("rollback");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("alterations")
  void definitionsLeadBackAndForth(Alteration alteration) throws Exception {
    assumeTrue(database.majorVersion() >= alteration.fromMajor());
    run(alteration.before());
    describeAs("before");
    run(alteration.change());
    describeAs("after");

    List<Map<String, @Nullable Object>> back = steps("after", "before");
    apply(back);
    describeAs("back");
    apply(steps("back", "after"));
    describeAs("again");

    assertThat(differences("before", "after")).isNotEmpty();
    assertThat(back.stream().anyMatch(step -> "REBUILD".equals(step.get("phase"))))
        .isEqualTo(alteration.rebuilt());
    assertThat(differences("before", "back")).isEmpty();
    assertThat(differences("after", "again")).isEmpty();
  }

  /** Keeps the definitions of all objects as they are now. */
  private void describeAs(String state) throws Exception {
    run("create temporary table " + state + " as execute definitions");
  }

  private List<Map<String, @Nullable Object>> steps(String from, String to) throws Exception {
    return rows(
        """
        select s.phase, s.ddl
        from (
            select s.phase, n.object_id, s.place, case s.phase
                when 'REBUILD' then array_to_string(
                    pgtrail.drop_statement(n.object_type, n.full_name, o.definition)
                        || pgtrail.create_statements(n.object_type, n.full_name, n.definition), ';')
                else s.ddl
            end as ddl
            from %1$s as o
            join %2$s as n using (object_type, full_name)
            cross join lateral (
                select a.*, a.ordinality as place, bool_or(a.phase = 'REBUILD') over () as rebuilt
                from pgtrail.alter_steps(n.object_type, n.full_name, o.definition, n.definition) with ordinality as a
            ) as s
            where pgtrail.canonical(o.definition) <> pgtrail.canonical(n.definition)
                and s.rebuilt = (s.phase = 'REBUILD')
            union all
            select 'DROP', o.object_id, 0, pgtrail.drop_statement(o.object_type, o.full_name, o.definition)
            from %1$s as o
            where not exists (
                select from %2$s as n where (n.object_type, n.full_name) = (o.object_type, o.full_name)
            )
            union all
            select p.phase, n.object_id, c.place, c.ddl
            from %2$s as n
            cross join (values ('ALTER'), ('ATTACH')) as p (phase)
            cross join lateral unnest(case p.phase
                when 'ALTER' then pgtrail.create_statements(n.object_type, n.full_name, n.definition)
                else pgtrail.attach_statements(n.object_type, n.full_name, n.definition)
            end) with ordinality as c (ddl, place)
            where not exists (
                select from %1$s as o where (o.object_type, o.full_name) = (n.object_type, n.full_name)
            )
        ) as s
        -- What was created later depends on what was there before.
        order by
            array_position(array['LEAVE', 'DETACH', 'DROP', 'REMOVE', 'SHED', 'RENAME', 'REBUILD', 'ALTER', 'ATTACH'], s.phase),
            case when s.phase in ('LEAVE', 'DETACH', 'DROP', 'REMOVE') then -s.object_id::bigint else s.object_id::bigint end,
            s.place
        """
            .formatted(from, to));
  }

  private void apply(List<Map<String, @Nullable Object>> steps) throws Exception {
    for (Map<String, @Nullable Object> step : steps) {
      run(String.valueOf(step.get("ddl")));
    }
  }

  private List<Map<String, @Nullable Object>> differences(String one, String other)
      throws Exception {
    return rows(
        """
        select object_type, full_name, o.definition as one, n.definition as other
        from %s as o
        full join %s as n using (object_type, full_name)
        where pgtrail.canonical(o.definition) is distinct from pgtrail.canonical(n.definition)
        """
            .formatted(one, other));
  }

  private static void run(String sql) throws SQLException {
    Sql.execute(connection, sql);
  }

  private static List<Map<String, @Nullable Object>> rows(String query) throws SQLException {
    return Sql.rows(connection, query);
  }

  private static Stream<Alteration> readFile(String group) {
    String name = "alterations/" + group + ".sql";
    try (InputStream file = AlterationsTest.class.getResourceAsStream(name)) {
      String text =
          new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.split("\n\n")).map(AlterationsTest::readBlock);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Alteration readBlock(String block) {
    String[] headed = block.split("\n", 2);
    String[] parts = headed[1].split("-- then\n", 2);
    Matcher heading = HEADING.matcher(headed[0]);
    if (!heading.matches()) {
      throw new IllegalArgumentException("no heading: " + headed[0]);
    }
    String major = heading.group("major");
    return new Alteration(
        heading.group("name"),
        major == null ? 0 : Integer.parseInt(major),
        heading.group("rebuilt") != null,
        parts[0],
        parts[1]);
  }
}
