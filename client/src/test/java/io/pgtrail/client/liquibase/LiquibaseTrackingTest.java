package io.pgtrail.client.liquibase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.client.Tracker;
import io.pgtrail.client.migration.ChangedRows;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.DirectoryResourceAccessor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class LiquibaseTrackingTest {

  @RegisterExtension
  static final TestDatabases DATABASES =
      TestDatabases.with(login -> new Installer(login.dataSource()).install());

  private static final String GOOD =
      """
      --liquibase formatted sql
      --changeset ann:create-customer
      create table customer (id integer, name text);
      --rollback drop table customer;
      --changeset ann:fill-customer
      insert into customer select i from generate_series(1, 5) as i;
      --rollback delete from customer;
      """;

  @TempDir Path directory;
  private TestDatabase database;

  @BeforeEach
  void take(TestDatabase database) {
    this.database = database;
  }

  @Test
  void tracksEachChangeSetAndItsRollback() throws Exception {
    write(GOOD);

    run(liquibase -> liquibase.update(new Contexts(), new LabelExpression()));
    run(liquibase -> liquibase.rollback(1, null, new Contexts(), new LabelExpression()));

    assertThat(
            tracked(
                "metadata ->> 'direction', metadata ->> 'rows_affected', metadata ->> 'script',"
                    + " left(metadata ->> 'checksum', 2)"))
        .isEqualTo(
            """
            create-customer by ann COMPLETED update 0 changes.sql 9:
            fill-customer by ann COMPLETED update 5 changes.sql 9:
            fill-customer by ann COMPLETED rollback changes.sql 9:\
            """);
  }

  @Test
  void keepsTheFailureOfAChangeSetThatIsRolledBack() throws Exception {
    write(GOOD + "--changeset ann:break\ninsert into customer values ('not a number');\n");

    assertThatThrownBy(
            () -> run(liquibase -> liquibase.update(new Contexts(), new LabelExpression())))
        .isInstanceOf(LiquibaseException.class);

    assertThat(tracked("metadata ->> 'error_code', error_message like '%invalid input syntax%'"))
        .startsWith("break by ann FAILED 22P02 t\n");
  }

  @Test
  void tellsWhatBecameOfAChangeSetWhosePreconditionFails() throws Exception {
    for (String then : List.of("CONTINUE", "MARK_RAN", "WARN", "HALT")) {
      write(
          GOOD
              + """
              --changeset ann:%1$s
              --preconditions onFail:%1$s onError:%1$s
              --precondition-sql-check expectedResult:0 select count(*) from customer
              delete from customer where id = 1;
              """
                  .formatted(then));
      Work update = liquibase -> liquibase.update(new Contexts(), new LabelExpression());
      if (then.equals("HALT")) {
        assertThatThrownBy(() -> run(update)).isInstanceOf(LiquibaseException.class);
      } else {
        run(update);
      }
    }
    assertThat(tracked("metadata ->> 'outcome', metadata ->> 'rows_affected'"))
        .startsWith(
            """
            CONTINUE by ann COMPLETED SKIPPED
            HALT by ann FAILED
            MARK_RAN by ann COMPLETED MARK_RAN
            WARN by ann COMPLETED EXECUTED 1
            """);
  }

  @Test
  @SuppressWarnings("deprecation")
  void tracksNothingOfWhatIsOnlyWrittenDown() throws Exception {
    write(GOOD);

    StringWriter script = new StringWriter();
    run(liquibase -> liquibase.update(new Contexts(), new LabelExpression(), script));

    assertThat(script.toString()).contains("create table customer");
    assertThat(tracked("''")).isEqualTo("null");
  }

  @Test
  void leavesATransactionWholeInWhichRowsCannotBeCounted() throws Exception {
    Login clerk = database.role("clerk");
    database.execute("revoke select on pg_catalog.pg_stat_xact_user_tables from public");
    try (Connection connection = clerk.dataSource().getConnection()) {
      connection.setAutoCommit(false);

      assertThat(ChangedRows.over(connection).since()).isEmpty();

      assertThat(Sql.queryForString(connection, "select 1")).isEqualTo("1");
    }
  }

  @FunctionalInterface
  private interface Work {
    void on(Liquibase liquibase) throws LiquibaseException;
  }

  private void write(String changes) throws Exception {
    Files.writeString(directory.resolve("changes.sql"), changes);
  }

  private void run(Work work) throws Exception {
    try (Tracker tracker = Tracker.of(database.dataSource()).start();
        Connection connection = database.connect()) {
      Database target =
          DatabaseFactory.getInstance()
              .findCorrectDatabaseImplementation(new JdbcConnection(connection));
      Liquibase liquibase =
          new Liquibase("changes.sql", new DirectoryResourceAccessor(directory), target);
      liquibase.setChangeExecListener(new LiquibaseTracking(tracker));
      work.on(liquibase);
    }
  }

  private String tracked(String columns) throws Exception {
    return String.valueOf(
        database.queryForString(
            """
            select string_agg(concat_ws(' ', script_name, execution_status, %s), E'\\n'
                order by script_name, execution_timestamp)
            from script_tracking.script_execution_s
            where script_type = 'MIGRATION' and record_source = 'CLIENT'
            """
                .formatted(columns)));
  }
}
