package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import io.pgtrail.versioning.RollbackOutcome.Refused;
import io.pgtrail.versioning.RollbackOutcome.Undone;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("one-major")
final class RollbackTest {

  @RegisterExtension
  static final TestDatabases DATABASES =
      TestDatabases.with(empty -> new Installer(empty.dataSource()).install());

  @Test
  void isRefusedOrDoneAsLossOfDataIsAllowed(TestDatabase database) throws SQLException {
    Jdbi jdbi = Jdbi.create(database.dataSource());
    Instant moment = now(jdbi);
    database.execute("create table extra (id int)", "insert into extra values (1)");
    Rollback rollback = Rollback.to(jdbi, moment);

    RollbackOutcome refused = rollback.execute(false);

    assertThat(refused)
        .isEqualTo(
            new Refused(
                "the rollback is refused at step 1: it would destroy data in 1 row",
                Optional.of("DROP TABLE public.extra\nNothing was changed."),
                Optional.of(
                    "allow_data_loss => true does it all the same;"
                        + " pggit.preview_rollback() shows every step."),
                true));
    assertThat(database.queryForString("select count(*) from extra")).isEqualTo("1");
    assertThat(rollback.execute(true)).isEqualTo(new Undone(List.of(DROP)));
    assertThat(rollback.preview()).isEmpty();
  }

  @Test
  void isRefusedForGoodWhereAnArgumentWouldNotHelp(TestDatabase database) throws SQLException {
    Jdbi jdbi = Jdbi.create(database.dataSource());
    database.execute("create table item (id int not null)");
    Instant moment = now(jdbi);
    database.execute(
        "alter table item alter column id drop not null", "insert into item values (null)");

    RollbackOutcome outcome = Rollback.to(jdbi, moment).execute(true);

    assertThat(outcome.fold(undone -> "done", Refused::reason)).contains("null values");
    assertThat(outcome.<Boolean>fold(undone -> true, Refused::losesData)).isFalse();
  }

  @Test
  void saysWhichVersionsAreUnknown(TestDatabase database) throws SQLException {
    Jdbi jdbi = Jdbi.create(database.dataSource());
    database.execute("create table item (id int)");

    assertThatThrownBy(() -> Rollback.ofObject(jdbi, "item", "2.0.0").execute(false))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNKNOWN_OBJECT));
  }

  private static final PlannedStep DROP =
      new PlannedStep(
          1,
          "DROP",
          "TABLE",
          "public.extra",
          "DROP TABLE public.extra",
          "DATA_LOSS",
          "not there in the target state",
          1L);

  private static Instant now(Jdbi jdbi) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select clock_timestamp()")
                .mapTo(OffsetDateTime.class)
                .one()
                .toInstant());
  }
}
