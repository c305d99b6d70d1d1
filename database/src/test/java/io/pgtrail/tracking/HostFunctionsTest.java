package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A host platform that brings functions of its own by the names that pgtrail uses. */
final class HostFunctionsTest {

  @RegisterExtension static final TestDatabases databases = TestDatabases.empty();

  private static final String LOG =
      """
      create schema if not exists util;
      create table util.log (event text, component text, reference text, user_name text, details jsonb);
      grant insert on util.log to public;
      grant usage on schema util to public;
      """;

  @Test
  void isToldOfEveryOperation(TestDatabase database) throws Exception {
    database.execute(LOG, audit("insert into util.log values ($1, $2, $3, $4, $5)"));
    install(database);

    database.execute(
        "select script_tracking.complete_operation(script_tracking.track_operation('Job'), false)");

    assertThat(
            database.queryForString(
                """
                select string_agg(concat_ws(' ', l.event, l.component, l.user_name, s.script_name), ', ' order by l.event)
                from util.log as l
                join script_tracking.script_execution_s as s on encode(s.script_execution_hk, 'hex') = l.reference
                """))
        .isEqualTo(
            "SCRIPT_EXECUTION_FAILED SCRIPT_TRACKER postgres Job,"
                + " SCRIPT_EXECUTION_STARTED SCRIPT_TRACKER postgres Job");
    assertThat(
            database.queryForString(
                "select count(*) from pgtrail.created_outside where object_identity ~ 'log_audit_event'"))
        .isEqualTo("0");
  }

  @Test
  void mayFailWithoutHurtingTheOperation(TestDatabase database) throws Exception {
    for (String failure :
        List.of("raise exception 'host is down'", "assert false", "perform 1 / 0")) {
      database.execute(
          LOG.replace("create table", "create table if not exists"), auditBlock(failure));
      install(database);
      try (Connection session = database.connect()) {
        Attempt attempt =
            Attempt.at(
                session,
                "select script_tracking.complete_operation(script_tracking.track_operation('Job'))");

        assertThat(attempt.value()).as(failure).contains("t");
        assertThat(attempt.warnings()).as(failure).hasSize(2);
      }
    }
    assertThat(
            database.queryForString(
                "select count(*) from script_tracking.script_execution_s"
                    + " where script_name = 'Job' and execution_status = 'COMPLETED'"))
        .isEqualTo("3");
  }

  @Test
  void isNotCalledWhenItsOwnerIsNotTrusted(TestDatabase database) throws Exception {
    Login mallory = database.role("mallory");
    database.execute(
        LOG,
        audit("insert into util.log values ($1, $2, $3, $4, $5)"),
        "alter function util.log_audit_event(text, text, text, text, jsonb) owner to "
            + mallory.user());

    List<String> messages = new Installer(database.dataSource()).install().notices();
    database.execute("select script_tracking.track_operation('Job')");

    assertThat(messages).anySatisfy(message -> assertThat(message).contains("it is not called"));
    assertThat(database.queryForString("select count(*) from util.log")).isEqualTo("0");
  }

  @Test
  void isNotCalledWhenTheOwnerOfItsSchemaIsNotTrusted(TestDatabase database) throws Exception {
    Login mallory = database.role("mallory");
    database.execute(
        LOG,
        audit("insert into util.log values ($1, $2, $3, $4, $5)"),
        "alter schema util owner to " + mallory.user());
    install(database);
    database.execute("select script_tracking.track_operation('Job')");

    assertThat(database.queryForString("select count(*) from util.log")).isEqualTo("0");
  }

  @Test
  void keepsItsOwnFunctionsByName(TestDatabase database) throws Exception {
    database.execute(
        "create schema util",
        "create function util.current_load_date() returns timestamptz language sql stable return now()",
        "create function util.hash_binary(p varchar) returns bytea language sql return sha256(p::bytea)",
        "create function util.log_audit_event(what varchar) returns void language sql as 'select'");
    install(database);

    assertThat(
            database.queryForString(
                "select string_agg(oid::regprocedure::text, ', ' order by proname)"
                    + " from pg_proc where pronamespace = 'util'::regnamespace"))
        .isEqualTo(
            "util.current_load_date(), util.hash_binary(character varying), util.log_audit_event(character varying)");
    assertThat(
            database.queryForString(
                "select obj_description('util.current_load_date()'::regprocedure)"))
        .isNull();
  }

  @Test
  void mayGiveTheStartOfTheTransactionForALoadDate(TestDatabase database) throws Exception {
    database.execute(
        "create schema util",
        "create function util.current_load_date() returns timestamptz language sql stable return now()");
    install(database);

    database.execute(
        """
        do $$
        declare operation bytea := script_tracking.track_operation('Job');
        begin
            update script_tracking.script_execution_s set metadata = '{}' where script_execution_hk = operation;
            perform script_tracking.complete_operation(operation);
        end $$
        """);

    assertThat(
            database.queryForString(
                "select count(distinct load_date) || ' ' || count(*) from script_tracking.script_execution_s_versions"
                    + " where script_name = 'Job'"))
        .isEqualTo("3 3");
  }

  @Test
  void hasAnAuditTrailOfOursWhenItHasNone(TestDatabase database) throws Exception {
    install(database);

    database.execute(
        "select util.log_audit_event('LOGIN', 'AUTH', 'r-1', 'ann', '{\"ok\": true}')");

    assertThat(
            database.queryForString(
                "select concat_ws(' ', script_name, script_type, execution_status, metadata - 'duration_ms')"
                    + " from script_tracking.script_execution_s where script_type = 'AUDIT_EVENT'"))
        .isEqualTo(
            "LOGIN AUDIT_EVENT COMPLETED {\"details\": {\"ok\": true}, \"component\": \"AUTH\","
                + " \"reference\": \"r-1\", \"user_name\": \"ann\"}");
  }

  @Test
  void keepsItsShortNames(TestDatabase database) throws Exception {
    database.execute(
        "create function public.track_operation(int) returns int language sql return 1");

    List<String> messages = new Installer(database.dataSource()).install().notices();

    assertThat(messages)
        .anySatisfy(
            message ->
                assertThat(message).contains("public.track_operation exists and is left alone"));
    assertThat(
            database.queryForString(
                "select count(*) from pg_proc where proname = 'track_operation'"))
        .isEqualTo("2");
    assertThat(
            database.queryForString(
                "select to_regprocedure('public.complete_operation(bytea,boolean,text)') is not null"))
        .isEqualTo("t");
  }

  @Test
  void mayHaveNoSchemaPublic(TestDatabase database) throws Exception {
    database.execute("drop schema public");

    List<String> messages = new Installer(database.dataSource()).install().notices();

    assertThat(messages)
        .anySatisfy(message -> assertThat(message).contains("there is no schema public"));
    database.execute("select script_tracking.track_operation('Job')");
  }

  private static void install(TestDatabase database) {
    new Installer(database.dataSource()).install();
  }

  private static String audit(String statement) {
    return "create or replace function util.log_audit_event(text, text, text, text, jsonb)"
        + " returns void language sql as $f$"
        + statement
        + "$f$";
  }

  private static String auditBlock(String statement) {
    return "create or replace function util.log_audit_event(text, text, text, text, jsonb)"
        + " returns void language plpgsql as $f$begin "
        + statement
        + "; end$f$";
  }
}
