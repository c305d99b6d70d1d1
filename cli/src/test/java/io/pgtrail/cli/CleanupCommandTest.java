package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CleanupCommandTest {

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  @Test
  void removesWhatIsOldEnough(TestDatabase database) throws SQLException {
    database.execute("create table t (id int)");

    assertThat(Pgtrail.in(database).run("cleanup", "--older-than", "1d").out())
        .isEqualTo("Removed 0 operations that began more than 1 day ago\n");
    assertThat(Pgtrail.in(database).run("cleanup", "--older-than", "0d").out())
        .startsWith("Removed 2 operations ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"P-5D", "6m", "5", "", "99999999999d", "999999999y", "PT5H", "x"})
  void refusesWhatIsNoPeriod(String period, TestDatabase database) {
    Result result = Pgtrail.in(database).run("cleanup", "--older-than", period);

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("is no period");
  }

  @Test
  void needsAnAdministrator(TestDatabase database) throws SQLException {
    Result result = Pgtrail.as(database.role("nina")).run("cleanup", "--older-than", "1y");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("only pgtrail_admin may", "hint: Ask an administrator for:");
  }
}
