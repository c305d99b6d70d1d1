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
        "revoke all on function script_tracking.track_operation from public | cannot be called by everyone",
      })
  void saysWhatIsWrong(String damage, String complaint, TestDatabase database) throws SQLException {
    database.execute(damage);

    Result result = Pgtrail.in(database).run("doctor");

    assertThat(result.out()).contains("FAIL  ", complaint);
    assertThat(result.exitCode()).isEqualTo(1);
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
