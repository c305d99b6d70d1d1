package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ways to change the schema without a record, each of them closed. */
class EvasionTest {

  @RegisterExtension
  static final TestDatabases DATABASES = TestDatabases.with(Installations.PGTRAIL);

  private static final String RECORDS =
      "select count(*) from script_tracking.script_execution_s where script_type = 'DDL_AUTO'";

  @Test
  void aStatementThatMakesItsTransactionReadOnlyFails(TestDatabase database) throws Exception {
    assertThatThrownBy(
            () ->
                database.execute(
                    "create table t as select set_config('transaction_read_only', 'on', true)"))
        .hasMessageContaining("read-only");

    assertThat(database.queryForString("select to_regclass('public.t')")).isNull();
  }

  @Test
  void aNameThatMentionsTheTemporarySchemaIsRecorded(TestDatabase database) throws Exception {
    database.execute(
        "create table t (id int)",
        "create policy \"p on pg_temp.x\" on t using (true)",
        "create schema \"s on pg_temp.x\"");

    assertThat(database.queryForString(RECORDS)).isEqualTo("3");
  }

  @Test
  void quotedIdentifiersDoNotBlindCapture(TestDatabase database) throws Exception {
    try (Connection connection = database.connect()) {
      Sql.execute(
          connection, "set quote_all_identifiers = on", "set standard_conforming_strings = off");
      Sql.execute(connection, "create table t (id int)");
    }

    assertThat(database.queryForString(RECORDS)).isEqualTo("1");
  }

  @Test
  void aWipedNoteDoesNotLendAnEarlierStatement(TestDatabase database) throws Exception {
    String script =
        "create table t (a int); drop table t; set pgtrail.note = ''; create table t (a int, b int)";
    try (Connection connection =
        java.sql.DriverManager.getConnection(
            database.jdbcUrl() + "?preferQueryMode=simple",
            database.login().user(),
            database.login().password())) {
      Sql.execute(connection, script);
    }

    assertThat(
            database
                .rows(
                    "select sql_command from script_tracking.script_execution_s order by load_date")
                .stream()
                .map(row -> row.get("sql_command"))
                .toList())
        .isEqualTo(List.of("create table t (a int)", "drop table t", script));
  }

  @Test
  void aTriggerNamedLikeThoseOfPostgresIsRecordedWhenItIsDropped(TestDatabase database)
      throws Exception {
    database.execute(
        "create table t (id int)",
        "create function f() returns trigger language plpgsql as 'begin return null; end'",
        "create trigger \"RI_ConstraintTrigger_a_1\" after insert on t for each row execute function f()",
        "drop trigger \"RI_ConstraintTrigger_a_1\" on t");

    assertThat(
            database.queryForString(
                "select affected_objects::text from script_tracking.script_execution_s"
                    + " order by load_date desc limit 1"))
        .contains("RI_ConstraintTrigger_a_1");
  }

  @Test
  void aNameInUnicodeEscapesCostsTheObjectsAndNotTheRecord(TestDatabase database) throws Exception {
    database.execute("create table data (id int)", "grant select on U&\"d\\0061ta\" to public");

    assertThat(database.queryForString(RECORDS)).isEqualTo("2");
  }
}
