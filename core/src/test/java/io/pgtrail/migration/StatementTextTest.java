package io.pgtrail.migration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("one-major")
final class StatementTextTest {

  @Test
  void isShownInOneLineWithoutTheCommentsBefore() {
    assertThat(new StatementText("-- why\n/* and\n how */\n  select 1,\n\t2 ;", 0).excerpt())
        .isEqualTo("select 1, 2");
  }

  @Test
  void endsWhereItGetsLong() {
    String text = "x".repeat(199) + "\ud83d\ude00".repeat(10);

    assertThat(new StatementText(text, 0).excerpt()).isEqualTo("x".repeat(199) + "…");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "create role app login password 'hush'",
        "select 'hush' as password",
        "create user mapping for app server crm options (user 'x', pw 'hush')",
        "select dblink('postgresql://x:hush@y')",
        "insert into setting values ('api_key', 'hush')",
      })
  void endsBeforeWhatMayBeASecret(String text) {
    assertThat(new StatementText(text, 0).excerpt()).doesNotContain("hush").endsWith("…");
  }

  @Test
  void knowsItsLinesInTheFile() {
    StatementText statement = new StatementText("-- why\n\nselect\n  broken", 7);

    assertThat(statement.lineInFile(4)).isEqualTo(8);
    assertThat(statement.lineInFile(0)).isEqualTo(7);
    assertThat(new StatementText("-- only a comment", 7).lineInFile(1)).isEqualTo(7);
    assertThat(new StatementText("select 1", 0).lineInFile(1)).isZero();
  }
}
