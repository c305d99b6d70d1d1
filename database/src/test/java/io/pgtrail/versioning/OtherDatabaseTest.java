package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code get_state()}, {@code diff_to()} and {@code plan_to()}: this database beside another. */
final class OtherDatabaseTest extends InstalledDatabase {

  private static final String STATE = "(select jsonb_agg(to_jsonb(s)) from pggit.get_state() as s)";

  /** The state as a database that never heard of this one would give it. */
  private static final String FOREIGN_STATE =
      "(select replace(jsonb_agg(to_jsonb(s))::text, '-4', '-5')::jsonb from pggit.get_state() as s)";

  @Test
  void theOwnStateIsWhereThePlanAlreadyIs() throws Exception {
    run(
        "create schema shop",
        "create table shop.item (id int primary key, name text not null)",
        "create view shop.names as select name from shop.item");

    for (String state : new String[] {STATE, FOREIGN_STATE}) {
      assertThat(value("select count(*) from pggit.diff_to(" + state + ")")).isEqualTo("0");
      assertThat(value("select count(*) from pggit.plan_to(" + state + ")")).isEqualTo("0");
    }
  }

  @Test
  void plansTheWayToAStateOfAnotherDatabase() throws Exception {
    run("create table item (id int, name text)", "create view names as select name from item");
    run("create temporary table there as select " + FOREIGN_STATE + " as state");
    run("drop view names", "alter table item drop column name", "create table extra (id int)");

    assertThat(
            value(
                "select string_agg(change_type || ' ' || full_name, ', ' order by full_name)"
                    + " from there, pggit.diff_to(state)"))
        .isEqualTo("DROP public.extra, ALTER public.item, CREATE public.names");
    assertThat(value("select string_agg(ddl, '; ' order by step) from there, pggit.plan_to(state)"))
        .startsWith(
            "DROP TABLE public.extra; ALTER TABLE public.item ADD COLUMN name text; CREATE VIEW");
    run(
        "do $$ begin execute (select string_agg(ddl, ';' order by step) from there, pggit.plan_to(state)); end $$");
    assertThat(value("select count(*) from there, pggit.plan_to(state)")).isEqualTo("0");
  }

  @Test
  void columnsAreKnownByTheirNamesNotByTheirPlaces() throws Exception {
    run("create table item (id int, old text)");
    run("create temporary table there as select " + FOREIGN_STATE + " as state");
    run("drop table item", "create table item (id int, young text)");

    assertThat(value("select string_agg(ddl, '; ' order by step) from there, pggit.plan_to(state)"))
        .contains("DROP COLUMN young", "ADD COLUMN old text")
        .doesNotContain("RENAME");
  }

  @Test
  void anObjectOfTheSameOriginIsRenamed() throws Exception {
    run("create table item (id int)");
    run("create temporary table there as select " + STATE + " as state");
    run("alter table item rename to thing");

    assertThat(value("select string_agg(ddl, '; ') from there, pggit.plan_to(state)"))
        .isEqualTo("ALTER TABLE public.thing RENAME TO item");
  }

  @Test
  void aNameGoesBeforeAnOrigin() throws Exception {
    run("create table a (id int)");
    run("create temporary table there as select " + STATE + " as state");
    run("alter table a rename to b", "create table a (id int)");

    assertThat(value("select string_agg(ddl, '; ') from there, pggit.plan_to(state)"))
        .isEqualTo("DROP TABLE public.b");
  }

  @Test
  void givesTheStateOfAMomentToo() throws Exception {
    run("create table item (id int)");
    run("create temporary table moment as select clock_timestamp() as t");
    run("drop table item");

    assertThat(
            value(
                "select count(*) from moment, pggit.get_state(t) where full_name = 'public.item'"))
        .isEqualTo("1");
    assertThat(value("select count(*) from pggit.get_state() where full_name = 'public.item'"))
        .isEqualTo("0");
    assertThat(attempt("select * from pggit.get_state('2001-01-01')").sqlState())
        .isEqualTo("PT013");
    assertThat(attempt("select * from pggit.get_state('infinity')").sqlState()).isEqualTo("PT001");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "'{}'",
        "'[1]'",
        "'\"text\"'",
        "'[{}]'",
        "'[{\"id\": \"x\"}]'",
        "'[{\"id\": \"00000000-0000-0000-0000-000000000000\", \"object_type\": \"TABLE\", \"full_name\": \"t\", \"definition\": 1}]'",
        "'[{\"id\": \"00000000-0000-0000-0000-000000000000\", \"object_type\": \"TABLE\", \"definition\": {}}]'",
      })
  void refusesWhatIsNoState(String state) {
    for (String function : new String[] {"diff_to", "plan_to"}) {
      Attempt attempt = attempt("select * from pggit." + function + "(" + state + ")");

      assertThat(attempt.sqlState()).as(function).isEqualTo("PT001");
      assertThat(attempt.message()).contains("this is no state of a schema");
    }
  }

  @Test
  void belongsToReaders() throws Exception {
    try (Connection someone = database.connectAs(member("someone"));
        Connection reader = database.connectAs(member("reader", "pgtrail_reader"))) {
      String query = "select * from pggit.plan_to(%s), pggit.diff_to(%s)".formatted(STATE, STATE);

      assertThat(Attempt.at(someone, query).sqlState()).isEqualTo(Attempt.NO_RIGHT);
      assertThat(Attempt.at(reader, query).sqlState()).isEqualTo(Attempt.DONE);
    }
  }

  @Test
  void previewsTheRollbackOfAnObject() throws Exception {
    run("create table item (id int, name text)", "alter table item drop column name");

    assertThat(
            value(
                "select string_agg(ddl, '; ') from pggit.preview_rollback_object('item', '1.0.0')"))
        .isEqualTo("ALTER TABLE public.item ADD COLUMN name text");
    assertThat(value("select count(*) from pggit.preview_rollback_object('item', '2.0.0')"))
        .isEqualTo("0");
    assertThat(attempt("select * from pggit.preview_rollback_object('item', '7.0.0')").sqlState())
        .isEqualTo("PT012");
    assertThat(attempt("select * from pggit.preview_rollback_object('nix', '1.0.0')").sqlState())
        .isEqualTo("PT012");
    assertThat(attempt("select * from pggit.preview_rollback_object(null, null)").sqlState())
        .isEqualTo("PT012");
  }

  @Test
  void droppingASchemaWithAShortNameKeepsTheDefaultsOfOthers() throws Exception {
    run("create table item (id int, since timestamptz not null default now())");
    run("create temporary table there as select " + STATE + " as state");
    run("create schema w", "alter table item drop column since");

    assertThat(value("select string_agg(ddl, '; ' order by step) from there, pggit.plan_to(state)"))
        .isEqualTo(
            "ALTER TABLE public.item ADD COLUMN since timestamp with time zone DEFAULT now() NOT NULL;"
                + " DROP SCHEMA w");
  }
}
