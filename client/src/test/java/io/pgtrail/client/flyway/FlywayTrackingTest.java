package io.pgtrail.client.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.client.Tracker;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiConsumer;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FlywayTrackingTest {

  @RegisterExtension
  static final TestDatabases DATABASES =
      TestDatabases.with(login -> new Installer(login.dataSource()).install());

  @TempDir Path migrations;
  private TestDatabase database;

  @BeforeEach
  void writeMigrations(TestDatabase database) throws Exception {
    this.database = database;
    write("V1__create_customer.sql", "create table customer (id integer, name text);");
    write(
        "V2__fill_customer.sql",
        "insert into customer select i from generate_series(1, 5) as i;"
            + "update customer set name = 'x' || id where id < 3;");
  }

  @Test
  void tracksEachMigrationWithVersionChecksumAndRows() throws Exception {
    write("R__customer_names.sql", "create view customer_name as select name from customer;");

    migrate();

    assertThat(
            tracked("metadata ->> 'version', metadata ->> 'rows_affected', metadata ->> 'script'"))
        .isEqualTo(
            """
            1 create customer COMPLETED 1 0 V1__create_customer.sql
            2 fill customer COMPLETED 2 7 V2__fill_customer.sql
            customer names COMPLETED 0 R__customer_names.sql\
            """);
    assertThat(
            database.queryForString(
                """
                select bool_and((s.metadata ->> 'checksum')::integer = h.checksum)
                from script_tracking.script_execution_s as s
                join public.flyway_schema_history as h on h.script = s.metadata ->> 'script'
                """))
        .isEqualTo("t");
  }

  @Test
  void keepsTheFailureOfAMigrationThatIsRolledBack() throws Exception {
    write(
        "V3__break_customer.sql",
        "create table lost (id integer);\ninsert into customer values ('not a number')"
            + " -- password 'hush'\n;");

    assertThatThrownBy(this::migrate).isInstanceOf(FlywayException.class);

    assertThat(database.queryForString("select to_regclass('public.lost')")).isNull();
    assertThat(
            tracked(
                """
                metadata ->> 'error_code', metadata ? 'failed_statement',
                error_message like 'ERROR: invalid input syntax%\nin: insert into customer%',
                error_message like '%hush%'
                """))
        .endsWith("3 break customer FAILED 22P02 f t f");
  }

  @Test
  void tracksTheFailureWithoutItsReasonWhereFlywayIsCalledItself() throws Exception {
    write("V3__break_customer.sql", "insert into customer values ('not a number');");

    assertThatThrownBy(() -> migrate((tracking, flyway) -> flyway.migrate()))
        .isInstanceOf(FlywayException.class);

    assertThat(tracked("replace(error_message, E'\\n', ' ')"))
        .endsWith(
            "3 break customer FAILED it failed; Flyway's own messages say why"
                + " in: insert into customer values ('not a number');");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void failsWhatCannotBeCommitted(boolean group) throws Exception {
    write(
        "V3__doubt_customer.sql",
        """
        alter table customer add unique (name) deferrable initially deferred;
        insert into customer values (6, 'x1');
        """);

    assertThatThrownBy(() -> migrate(group, (tracking, flyway) -> tracking.migrate(flyway)))
        .isInstanceOf(FlywayException.class);

    assertThat(tracked("metadata ->> 'error_code'"))
        .isEqualTo(
            """
            1 create customer %1$s
            2 fill customer %1$s
            3 doubt customer FAILED 23505\
            """
                .formatted(group ? "FAILED 23505" : "COMPLETED"));
  }

  @Test
  void failsWhatCannotBeCommittedWhereFlywayIsCalledItself() throws Exception {
    write(
        "V3__doubt_customer.sql",
        """
        alter table customer add unique (name) deferrable initially deferred;
        insert into customer values (6, 'x1');
        """);

    assertThatThrownBy(() -> migrate((tracking, flyway) -> flyway.migrate()))
        .isInstanceOf(FlywayException.class);

    assertThat(tracked("error_message"))
        .endsWith("3 doubt customer FAILED it failed; Flyway's own messages say why");
  }

  @Test
  void completesAGroupThatIsCommittedWhereFlywayIsCalledItself() throws Exception {
    migrate(true, (tracking, flyway) -> flyway.migrate());

    assertThat(tracked("metadata ->> 'rows_affected'"))
        .isEqualTo("1 create customer COMPLETED 0\n2 fill customer COMPLETED 7");
  }

  @Test
  void tracksAMigrationOutsideATransaction() throws Exception {
    write("V3__index_customer.sql", "create index concurrently customer_name on customer (name);");

    migrate();

    assertThat(tracked("metadata ->> 'rows_affected'")).endsWith("3 index customer COMPLETED");
  }

  private void write(String name, String sql) throws Exception {
    Files.writeString(migrations.resolve(name), sql);
  }

  private void migrate() {
    migrate((tracking, flyway) -> tracking.migrate(flyway));
  }

  private void migrate(BiConsumer<FlywayTracking, Flyway> work) {
    migrate(false, work);
  }

  private void migrate(boolean group, BiConsumer<FlywayTracking, Flyway> work) {
    try (Tracker tracker = Tracker.of(database.dataSource()).start()) {
      FlywayTracking tracking = new FlywayTracking(tracker);
      work.accept(
          tracking,
          Flyway.configure()
              .dataSource(database.dataSource())
              .locations("filesystem:" + migrations)
              .baselineOnMigrate(true)
              .baselineVersion("0")
              // Else Flyway itself holds what an index that is built concurrently waits for.
              .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
              .group(group)
              .callbacks(tracking)
              .load());
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
