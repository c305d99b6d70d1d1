package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DoctorCommandTest {

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  @Test
  void findsNothingWrongAfterInstalling(TestDatabase database) throws SQLException {
    Result result = Pgtrail.in(database).run("doctor");

    assertThat(result.out().lines())
        .hasSizeGreaterThan(12)
        .allMatch(line -> line.startsWith("OK    "));
    assertThat(result.exitCode()).isZero();
    assertThat(database.queryForString("select count(*) from script_tracking.script_execution_h"))
        .as("what it tried is undone")
        .isEqualTo("0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "alter event trigger et_sql_drop disable | et_sql_drop is disabled",
        "drop event trigger et_ddl_command_end | et_ddl_command_end is missing",
        "update pgtrail.settings set installed_version = '0.0.1' | pgtrail 0.0.1 is installed, and this is",
        "insert into pgtrail.capture_failure values (now(), 'CREATE TABLE', 'XX000', 'boo', 'me') | 1 DDL statements went unrecorded",
        "alter table script_tracking.script_execution_s disable trigger refuse_change | the trigger refuse_change on script_tracking.script_execution_s is disabled",
        "alter table script_tracking.script_execution_h enable trigger refuse_truncate | refuse_truncate on script_tracking.script_execution_h does not fire under session_replication_role",
        "drop trigger supersede_version on script_tracking.script_execution_s | supersede_version on script_tracking.script_execution_s is missing",
        "revoke all on function script_tracking.track_operation from public | cannot be called by everyone",
      })
  void saysWhatIsWrong(String damage, String complaint, TestDatabase database) throws SQLException {
    database.execute(damage);

    Result result = Pgtrail.in(database).run("doctor");

    assertThat(result.out()).contains("FAIL  ", complaint);
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "grant create on schema auth to public | WARN  Sign-ins are not tracked: roles that are no superusers may create",
        "drop function auth.login_user_tracking | WARN  auth.login_user_tracking is missing",
        "create function auth.login_user(text, text, bytea) returns jsonb language sql as 'select null::jsonb'"
            + " | WARN  auth.login_user_tracking is missing, or made before the host's own functions changed",
        "select 1 | OK    Nobody can sign in by auth.login_user_tracking: the extension pgcrypto is missing",
        "create extension pgcrypto | OK    Sign-ins by auth.login_user_tracking are tracked",
      })
  void saysHowUsersSignIn(String change, String finding, TestDatabase database)
      throws SQLException {
    database.execute(change);

    assertThat(Pgtrail.in(database).run("doctor").out()).contains(finding);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update script_execution_s set load_end_date = load_date + interval '1 hour' where script_name = 'job'",
        "update script_execution_s set version_number = 3 where script_name = 'job'",
        "update script_execution_s set load_date = load_date + interval '1 hour' where script_name = 'job'",
        "update script_execution_s set load_date = load_date - interval '1 hour' where script_name = 'job'",
        "update script_execution_s_history set load_date = load_end_date where script_name = 'job'",
        "delete from script_execution_s_history where script_name = 'job'",
        "alter table script_execution_s drop constraint script_execution_s_pkey;"
            + " insert into script_execution_s select * from script_execution_s where script_name = 'job'",
        "with moved as (delete from script_execution_s where script_name = 'job' returning *)"
            + " insert into script_execution_s_history"
            + " select (jsonb_populate_record(null::script_execution_s, to_jsonb(m)"
            + " || '{\"load_end_date\": \"infinity\"}')).* from moved as m",
      })
  void findsVersionsThatDoNotFollowOneAnother(String damage, TestDatabase database)
      throws SQLException {
    String key = database.queryForString("select script_tracking.track_operation('job')::text");
    database.execute(
        "select script_tracking.complete_operation('" + key + "')",
        "begin",
        "set local role pgtrail_owner",
        "set local search_path = script_tracking",
        "alter table script_execution_s disable trigger supersede_version",
        damage,
        "alter table script_execution_s enable always trigger supersede_version",
        "commit");

    Result result = Pgtrail.in(database).run("doctor");

    assertThat(result.out())
        .contains(
            "FAIL  1 operations have no or several open versions, or a gap or an overlap",
            database.queryForString("select encode('" + key + "', 'hex')"));
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter table script_tracking.script_execution_s disable trigger all",
        "alter table script_tracking.script_execution_s_history enable replica trigger refuse_change",
        "drop trigger supersede_version on script_tracking.script_execution_s",
      })
  void whatItAdvisesClosesTheTrailAgain(String damage, TestDatabase database) throws SQLException {
    database.execute(damage);

    assertThat(Pgtrail.in(database).run("doctor").out()).contains("Run: pgtrail install");
    assertThat(Pgtrail.in(database).run("install").exitCode()).isZero();

    assertThat(Pgtrail.in(database).run("doctor").exitCode()).isZero();
  }

  @Test
  void namesWhoCanRewriteTheTrailAsAMemberOfItsOwner(TestDatabase database) throws SQLException {
    String mallory = database.role("mallory").user();
    String group = database.role("crew").user();
    database.execute("grant pgtrail_owner to " + group, "grant " + group + " to " + mallory);
    try {
      Result result = Pgtrail.in(database).run("doctor");

      assertThat(result.out())
          .contains(
              "can rewrite the trail: " + group + ", " + mallory, "REVOKE pgtrail_owner FROM");
      assertThat(result.exitCode()).isEqualTo(1);
    } finally {
      database.execute("revoke pgtrail_owner from " + group);
    }
  }

  @Test
  void saysThatARestoredTrailIsSlowUntilItIsUpgraded(TestDatabase database) throws SQLException {
    database.execute(
        "drop function pgtrail.feed_is_anchored()",
        "create function pgtrail.feed_is_anchored() returns boolean language sql stable return false",
        "alter function pgtrail.feed_is_anchored() owner to pgtrail_owner");

    Result result = Pgtrail.in(database).run("doctor");

    assertThat(result.out())
        .contains("WARN  The trail was restored from a dump", "Run: pgtrail upgrade");
    assertThat(Pgtrail.in(database).run("upgrade").out()).contains("Note: the trail was restored");
    assertThat(Pgtrail.in(database).run("doctor").out()).doesNotContain("WARN  ");
  }

  @Test
  void findsWhatWasChangedBehindTheBackOfTheVersions(TestDatabase database) throws SQLException {
    database.execute("set session_replication_role = replica; create table sly (id int); commit");

    Result result = Pgtrail.in(database).run("doctor");

    assertThat(result.out())
        .contains(
            "FAIL  The schema is not as recorded, in 1 place: extra TABLE public.sly",
            "SELECT pggit.adopt_drift();");
    assertThat(result.exitCode()).isEqualTo(1);
    database.execute("select pggit.adopt_drift()");
    assertThat(Pgtrail.in(database).run("doctor").out())
        .contains("OK    The schema is as recorded");
  }

  @Test
  void someoneWithoutRightsGetsAnAnswerToo(TestDatabase database) throws SQLException {
    Result result = Pgtrail.as(database.role("nina")).run("doctor");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("reads only what it recorded itself", "GRANT pgtrail_reader TO");
  }

  @Test
  void printsForProgramsToo(TestDatabase database) {
    assertThat(Pgtrail.in(database).run("doctor", "--format", "json").out())
        .startsWith("[\n{\"verdict\":\"OK\",\"what\":\"PostgreSQL ");
  }
}
