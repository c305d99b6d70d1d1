package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MigrateCommandTest {

  @RegisterExtension static final TestDatabases DATABASES = InstalledDatabases.extension();

  @TempDir private Path directory = Path.of("/");

  private Path migrations = Path.of("/");

  @SuppressWarnings("NullAway.Init")
  private TestDatabase database;

  @BeforeEach
  void writeTheFirst(TestDatabase ofTheTest) throws IOException {
    database = ofTheTest;
    migrations = Files.createDirectory(directory.resolve("db"));
    write("V1__create_customer.sql", "create table customer (id integer primary key, name text);");
  }

  @Test
  void runsMigrationsInOrderEachAnOperation() throws Exception {
    write("R__names.sql", "create or replace view names as select name from customer;");
    write("more/V2__fill_customer.sql", "insert into customer select generate_series(1, 5);");

    Result result = migrate("--format", "csv");

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.out().replaceAll(",[0-9.]+,1\r\n", ",took,1\n").replace("\r", ""))
        .isEqualTo(
            """
            version,description,script,transaction,status,duration,attempts
            1,create customer,V1__create_customer.sql,yes,COMPLETED,took,1
            2,fill customer,more/V2__fill_customer.sql,yes,COMPLETED,took,1
            ,names,R__names.sql,yes,COMPLETED,took,1
            """);
    assertThat(operations("metadata ->> 'version'", "metadata ->> 'rows_affected'"))
        .isEqualTo(
            """
            1 create customer|COMPLETED|1|0
            2 fill customer|COMPLETED|2|5
            names|COMPLETED|0""");
    assertThat(
            database.queryForString(
                """
                select bool_and((s.metadata ->> 'checksum')::integer = h.checksum)
                from script_tracking.script_execution_s as s
                join public.flyway_schema_history as h on h.script = s.metadata ->> 'script'
                """))
        .isEqualTo("t");
    assertThat(migrate()).isEqualTo(new Result(0, "", "Nothing to do: all migrations were run.\n"));
  }

  @Test
  void showsWhatItWouldRunAndChangesNothing() throws Exception {
    write("V2__index_customer.sql", "create index concurrently names on customer (name);");
    write("V3__drop_customer.sql", "drop table customer;");

    Result result = migrate("--dry-run", "--target", "2");

    assertThat(result)
        .isEqualTo(
            new Result(
                0,
                """
                VERSION  SCRIPT                   TRANSACTION
                1        V1__create_customer.sql  yes
                2        V2__index_customer.sql   no
                """,
                ""));
    assertThat(migrate("--dry-run", "--format", "json").out())
        .contains("\"script\":\"V3__drop_customer.sql\"", "\"status\":\"PENDING\"");
    assertThat(
            database.queryForString(
                "select count(*) from pg_class where relnamespace = 'public'::regnamespace"))
        .isEqualTo("0");
    assertThat(database.queryForString("select count(*) from script_tracking.script_execution_s"))
        .isEqualTo("0");
  }

  @Test
  void stopsAfterTheTarget() throws Exception {
    write("V1.1__create_order.sql", "create table purchase (id integer);");
    write("V2__create_item.sql", "create table item (id integer);");

    assertThat(migrate("--target", "1.1").exitCode()).isZero();

    assertThat(operations()).isEqualTo("1 create customer|COMPLETED\n1.1 create order|COMPLETED");
    assertThat(migrate().exitCode()).isZero();
    assertThat(operations()).endsWith("\n2 create item|COMPLETED");
  }

  @Test
  void saysWhereAMigrationFailedAndKeepsTheFailure() throws Exception {
    write(
        "V2__demand_name.sql",
        """
        insert into customer values (1, null);

        -- Fails.
        insert into customer (id)
        select broken;
        """);
    write("V3__create_item.sql", "create table item (id integer);");

    Result result = migrate();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            """
            pgtrail: V2__demand_name.sql:5: column "broken" does not exist (42703)
              in: insert into customer (id) select broken
              Nothing of it was kept.
            """);
    assertThat(result.out().replaceAll("[0-9.]+ m?s\\b", "took").replaceAll(" +", " "))
        .isEqualTo(
            """
            VERSION SCRIPT STATUS DURATION ATTEMPTS
            1 V1__create_customer.sql COMPLETED took 1
            2 V2__demand_name.sql FAILED took 1
            3 V3__create_item.sql PENDING 0
            """);
    assertThat(operations("metadata ->> 'error_code'", "left(error_message, 60)"))
        .startsWith("1 create customer|COMPLETED\n2 demand name|FAILED|42703|")
        .doesNotContain("item");
    assertThat(database.queryForString("select count(*) from customer")).isEqualTo("0");
  }

  @Test
  void keepsSecretsOfAFailedStatementToItself() throws Exception {
    write("V2__role.sql", "create role customer_app no_such_option password 'hush';");

    Result result = migrate();

    assertThat(result.err()).contains("V2__role.sql:1:", "in: create role").doesNotContain("hush");
    assertThat(operations("error_message")).doesNotContain("hush");
  }

  @Test
  void triesAgainWhatFailedForALock() throws Exception {
    assertThat(migrate().exitCode()).isZero();
    write("V2__add_email.sql", "alter table customer add column email text;");

    CompletableFuture<Result> running;
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      Sql.execute(other, "lock table customer in access share mode");
      running =
          CompletableFuture.supplyAsync(() -> migrate("--lock-timeout", "20ms", "--retries", "9"));
      Await.until("it failed once", () -> operations().contains("2 add email|FAILED"));
    }
    Result result = running.get();

    assertThat(result.exitCode()).isZero();
    assertThat(result.err())
        .startsWith(
            "pgtrail: V2__add_email.sql: canceling statement due to lock timeout; trying again in"
                + " 500 ms (1 of 9)\n");
    assertThat(operations("metadata ->> 'error_code'"))
        .startsWith("1 create customer|COMPLETED\n2 add email|FAILED|55P03\n")
        .endsWith("\n2 add email|COMPLETED");
  }

  @Test
  void givesUpAfterSoManyRetries() throws Exception {
    assertThat(migrate().exitCode()).isZero();
    write("V2__add_email.sql", "alter table customer add column email text;");

    Result result;
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      Sql.execute(other, "lock table customer in access share mode");
      result = migrate("--lock-timeout", "20ms", "--retries", "1");
    }

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .contains("(1 of 1)")
        .doesNotContain("(2 of 1)")
        .contains("V2__add_email.sql:1: canceling statement due to lock timeout (55P03)")
        .contains("hint: Another session holds the lock");
    assertThat(operations("metadata ->> 'error_code'"))
        .endsWith("\n2 add email|FAILED|55P03\n2 add email|FAILED|55P03");
  }

  @Test
  void doesNotRepeatWhatAFileCommittedItself() throws Exception {
    assertThat(migrate().exitCode()).isZero();
    write(
        "V2__commit.sql",
        "insert into customer values (1);\n-- so far\ncommit;\n"
            + "insert into customer values (2);\nlock table customer;");

    Result result;
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      Sql.execute(other, "lock table customer in access share mode");
      result = migrate("--lock-timeout", "20ms", "--retries", "3");
    }

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("pgtrail: V2__commit.sql:5: ")
        .contains("It ends its transaction itself: what it did until then is kept.");
    assertThat(database.queryForString("select string_agg(id::text, ',') from customer"))
        .isEqualTo("1");
  }

  @Test
  void trustsNoHistoryThatSomebodyElseHasMade() throws Exception {
    Login mallory = database.role("mallory");
    database.execute("grant create on schema public to " + mallory.user());
    try (Connection session = mallory.connect()) {
      Sql.execute(session, "create table public.flyway_schema_history (version text)");
    }

    Result refused = migrate();

    assertThat(refused.exitCode()).isEqualTo(4);
    assertThat(refused.err())
        .startsWith(
            "pgtrail: The history of migrations in public belongs to " + mallory.user() + ", who");
    assertThat(operations()).isEqualTo("null");
  }

  @Test
  void triesAgainOutsideATransactionOnlyWhatLeftNothing() throws Exception {
    assertThat(migrate().exitCode()).isZero();
    write("V2__vacuum.sql", "alter table customer add column email text;\nvacuum customer;");
    write("V2__vacuum.sql.conf", "executeInTransaction=false");

    Result nothingDone;
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      Sql.execute(other, "lock table customer in access share mode");
      nothingDone = migrate("--lock-timeout", "20ms", "--retries", "1");
    }
    assertThat(nothingDone.err()).contains("(1 of 1)", "Nothing of it was kept.");
    forgetWhatFailed(nothingDone);

    Result halfDone;
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      Sql.execute(other, "create table held (id integer)");
      write(
          "V2__vacuum.sql",
          "alter table customer add column email text;\ncreate table held (id integer);");
      halfDone = migrate("--lock-timeout", "20ms", "--retries", "1");
    }
    assertThat(halfDone.exitCode()).isEqualTo(1);
    assertThat(halfDone.err())
        .startsWith("pgtrail: V2__vacuum.sql:2: ")
        .contains("It does not run in a transaction: what it did before is kept.");

    Result refused = migrate();
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .startsWith("pgtrail: V2__vacuum.sql failed half-way, outside a transaction\n");
    database.execute("alter table customer drop column email");
    forgetWhatFailed(refused);
    assertThat(migrate().exitCode()).isZero();
  }

  @Test
  void buildsIndexesConcurrentlyHoweverLongThatWaits() throws Exception {
    assertThat(migrate().exitCode()).isZero();
    write("V2__index_customer.sql", "create index concurrently names on customer (name);");

    CompletableFuture<Result> running;
    try (Connection other = database.connect()) {
      other.setAutoCommit(false);
      Sql.execute(other, "insert into customer values (1)");
      running = CompletableFuture.supplyAsync(() -> migrate("--lock-timeout", "1ms"));
      Await.until(
          "the index waits",
          () ->
              isTrue(
                  "exists (select from pg_locks where locktype = 'virtualxid' and not granted)"));
      other.commit();
    }

    assertThat(running.get().err()).isEmpty();
    assertThat(isTrue("(select indisvalid from pg_index where indexrelid = 'names'::regclass)"))
        .isTrue();
  }

  @Test
  void refusesAFileThatIsPartlyForATransaction() throws Exception {
    write(
        "V2__mixed.sql",
        """
        alter table customer add column email text;

        create index concurrently emails on customer (email);
        """);

    Result refused = migrate();

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("pgtrail: V2__mixed.sql:3: the file mixes statements that can")
        .contains("in: create index concurrently emails on customer (email)", "V2__mixed.sql.conf");
    assertThat(operations()).isEqualTo("null");

    write("V2__mixed.sql.conf", "executeInTransaction=false");
    assertThat(migrate().exitCode()).isZero();
  }

  @Test
  void saysHowToRunWhatFlywayTakesForTransactional() throws Exception {
    write("V2__reindex.sql", "reindex table concurrently customer;");

    assertThat(migrate().err())
        .contains("V2__reindex.sql:1: ", "(25001)", "V2__reindex.sql.conf with the line execute");
    write("V2__reindex.sql.conf", "executeInTransaction=false");
    assertThat(migrate().exitCode()).isZero();
  }

  @Test
  void waitsWhileAnotherMigrates() throws Exception {
    write("V2__wait.sql", "select pg_advisory_xact_lock(20);");

    CompletableFuture<Result> first;
    CompletableFuture<Result> second;
    try (Connection other = database.connect()) {
      Sql.execute(other, "select pg_advisory_lock(20)");
      first = CompletableFuture.supplyAsync(() -> migrate("--lock-timeout", "0s"));
      Await.until("the first runs", () -> operations().contains("2 wait|RUNNING"));
      second = CompletableFuture.supplyAsync(this::migrate);
      Await.until(
          "the second waits",
          () ->
              isTrue(
                  "(select count(*) = 2 from pg_stat_activity where query like"
                      + " 'select pg_try_advisory_lock%' and state = 'idle'"
                      + " and datname = current_database())"));
    }

    assertThat(first.get().exitCode()).isZero();
    assertThat(second.get().exitCode()).isZero();
    assertThat(second.get().err())
        .matches(
            """
            pgtrail: waiting, as process \\d+ migrates this schema
            Nothing to do: all migrations were run.
            """);
  }

  @Test
  void cancelsTheStatementOnASignal() throws Exception {
    write("V2__long.sql", "create table half (id integer);\nselect pg_sleep(600);");
    Process process = Pgtrail.in(database).start("migrate", "--dir", migrations.toString());
    Await.until(
        "the statement runs",
        () ->
            isTrue(
                "exists (select from pg_stat_activity where query like 'select pg_sleep(600)%'"
                    + " and state = 'active' and datname = current_database())"));

    new ProcessBuilder("sh", "-c", "kill -s INT " + process.pid()).start().waitFor();

    assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            pgtrail: V2__long.sql:2: canceling statement due to user request (57014)
              in: select pg_sleep(600)
              Nothing of it was kept.
            """);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(operations("metadata ->> 'error_code'")).endsWith("2 long|FAILED|57014");
    assertThat(isTrue("to_regclass('half') is null")).isTrue();
  }

  @Test
  void runsAgainWhatAProgramThatWasKilledLeftUndone() throws Exception {
    write("V2__half.sql", "create table half (id integer);\nselect pg_advisory_xact_lock(22);");
    try (Connection other = database.connect()) {
      Sql.execute(other, "select pg_advisory_lock(22)");
      Process process =
          Pgtrail.in(database)
              .start("migrate", "--dir", migrations.toString(), "--lock-timeout", "0s");
      Await.until(
          "the statement waits",
          () ->
              isTrue(
                  "exists (select from pg_locks where locktype = 'advisory' and objid = 22"
                      + " and not granted)"));

      process.destroyForcibly().waitFor();
    }

    assertThat(migrate().exitCode()).isZero();
    assertThat(isTrue("to_regclass('half') is not null")).isTrue();
    assertThat(operations())
        .as("of the first nobody knows how it ended, until it is closed as abandoned")
        .endsWith("2 half|RUNNING\n2 half|COMPLETED");
  }

  @Test
  void recordsThatItsConnectionWasLost() throws Exception {
    write("V2__long.sql", "select pg_sleep(600), pg_backend_pid();");
    CompletableFuture<Result> running = CompletableFuture.supplyAsync(this::migrate);
    String backend =
        "select pid from pg_stat_activity where query like 'select pg_sleep(600), pg_back%'"
            + " and state = 'active' and datname = current_database()";
    Await.until("the statement runs", () -> database.queryForString(backend) != null);

    database.killBackend(Integer.parseInt(String.valueOf(database.queryForString(backend))));

    assertThat(running.get().exitCode()).isEqualTo(3);
    assertThat(running.get().err())
        .startsWith("pgtrail: V2__long.sql: ")
        .contains("in: select pg_sleep(600)");
    assertThat(operations()).endsWith("2 long|FAILED");
    write("V2__long.sql", "select 1;");
    assertThat(migrate().exitCode()).isZero();
  }

  @Test
  void beginsNothingThatCannotBeRecorded() throws Exception {
    write(
        "V2__break_the_trail.sql",
        """
        create function refuse() returns trigger language plpgsql as $$
            begin raise exception using errcode = 'PT001', message = 'no more records'; end $$;
        create trigger refuse before insert or update on script_tracking.script_execution_s
            for each row when (pg_trigger_depth() = 0) execute function refuse();
        """);
    write("V3__create_item.sql", "create table item (id integer);");

    Result result = migrate();

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err())
        .contains("V3__create_item.sql was not begun, as it cannot be recorded")
        .contains("the trail lacks what the migrations did", "no more records");
    assertThat(isTrue("to_regclass('item') is null")).isTrue();
  }

  @Test
  void refusesWithoutATrailThatItMayWrite() throws Exception {
    Login role = database.role("deployer");
    database.execute("revoke execute on function script_tracking.record_operations from public");
    assertThat(Pgtrail.as(role).run("migrate", "--dir", migrations.toString()).err())
        .startsWith("pgtrail: The role has no right to record a migration");

    database.execute("alter function script_tracking.record_operations rename to gone");

    Result result = migrate();
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("not installed", "pgtrail install");
    assertThat(isTrue("to_regclass('flyway_schema_history') is null")).isTrue();
  }

  @Test
  void refusesASessionThatOnlyReads() throws Exception {
    Pgtrail readOnly =
        Pgtrail.in(database).with("PGOPTIONS", "-c default_transaction_read_only=on");

    Result refused = readOnly.run("migrate", "--dir", migrations.toString());

    assertThat(refused.exitCode()).isEqualTo(4);
    assertThat(refused.err())
        .startsWith("pgtrail: Nothing can be written: the server is a standby");
    assertThat(readOnly.run("migrate", "--dry-run", "--dir", migrations.toString()).exitCode())
        .isZero();
  }

  @Test
  void saysWhereACallbackOfFlywayFailed() throws Exception {
    write("beforeMigrate.sql", "select 1;\nselect broken;");

    Result result = migrate();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            """
            pgtrail: beforeMigrate.sql:2: column "broken" does not exist (42703)
              in: select broken
            """);
  }

  @Test
  void asksForABaselineWhereThereAreTables() throws Exception {
    database.execute("create table customer (id integer primary key, name text)");
    write("V2__add_email.sql", "alter table customer add column email text;");

    Result refused = migrate();

    assertThat(refused.exitCode()).isEqualTo(4);
    assertThat(refused.err()).contains("public has tables, but no history", "--baseline");
    assertThat(migrate("--dry-run", "--baseline", "1").out()).doesNotContain("V1__");
    assertThat(migrate("--baseline", "1").exitCode()).isZero();
    assertThat(operations()).isEqualTo("2 add email|COMPLETED");
  }

  @Test
  void refusesWhatWasChangedAfterItHadBeenRun() throws Exception {
    assertThat(migrate().exitCode()).isZero();
    write("V1__create_customer.sql", "create table customer (id bigint primary key, name text);");
    write("V0.5__too_late.sql", "select 1;");

    Result refused = migrate("--dry-run");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains(
            "V1__create_customer.sql was changed after it had been run\n",
            "V0.5__too_late.sql was not run, though later versions were\nNothing was migrated.\n",
            "Restore the file");
    Files.delete(migrations.resolve("V0.5__too_late.sql"));
    Matcher remedy = Pattern.compile("update .*;").matcher(migrate().err());
    assertThat(remedy.find()).isTrue();
    database.execute(remedy.group());
    assertThat(migrate().exitCode()).isZero();
  }

  @Test
  void saysThatTheFileOfAMigrationIsMissing() throws Exception {
    assertThat(migrate().exitCode()).isZero();
    Files.move(migrations.resolve("V1__create_customer.sql"), migrations.resolve("V2__second.sql"));

    Result refused = migrate();

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err())
        .contains("V1__create_customer.sql was run, and its file is not there");
  }

  @Test
  void leavesPlaceholdersAndPassesRemarksOn() throws Exception {
    write("V2__remark.sql", "do $$ begin raise notice 'it is ${so}'; end $$;");

    Result result = migrate();

    assertThat(result.err()).isEqualTo("NOTICE: it is ${so}\n");
    assertThat(result.exitCode()).isZero();
  }

  @Test
  void showsEachStatementOnATerminal() {
    Terminal terminal = new Terminal(true, false, 100, 24, false);

    Result result =
        Pgtrail.in(database).on(terminal).run("migrate", "--dir", migrations.toString());

    assertThat(result.err())
        .contains("\r1/1 V1__create_customer.sql, statement 1: create table customer (id")
        .endsWith("\r\u001b[K");
  }

  @Test
  void loadsDataWithCopyInAFile() throws Exception {
    write("V2__data.sql", "copy customer from stdin;\n1\tAnna\n2\t\\N\n\\.\n");

    assertThat(migrate().exitCode()).isZero();

    assertThat(database.queryForString("select count(*) from customer where name is null"))
        .isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "V2_typo.sql|select 1;|V2_typo.sql",
        "V2__upper.SQL|select 1;|does not end in .sql",
        "V1__again.sql|select 1;|more than one migration with version 1",
        "V0__zero.sql|select 1;|versions begin above 0",
        "V2__psql.sql|select 1;\\d customer|V2__psql.sql:1: this is a command of psql",
      })
  void refusesFilesThatFlywayPassesOverOrStumblesOn(String name, String sql, String message)
      throws Exception {
    write(name, sql);

    Result result = migrate();

    assertThat(result.err()).contains(message);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(operations()).isEqualTo("null");
  }

  @Test
  void refusesNamesAndTextsThatNobodyCanRead() throws Exception {
    write("V2__forged\nDone: 2 migrations.sql", "select 1;");
    Result forged = migrate();
    assertThat(forged.exitCode()).isEqualTo(2);
    assertThat(forged.err()).contains("V2__forged\\x0aDone").contains("has a control character");
    Files.delete(migrations.resolve("V2__forged\nDone: 2 migrations.sql"));

    Path latin = migrations.resolve("V2__latin.sql");
    Files.write(latin, "select 'é';".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(migrate().err()).contains("V2__latin.sql is not text in UTF-8");
    Files.delete(latin);

    Files.createSymbolicLink(migrations.resolve("V2__gone.sql"), Path.of("/nonexistent"));
    assertThat(migrate().err()).contains("V2__gone.sql cannot be read");
    Files.delete(migrations.resolve("V2__gone.sql"));

    Path pipe = migrations.resolve("V2__pipe.sql");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThat(migrate().err()).contains("V2__pipe.sql is not a regular file");
  }

  @Test
  void quotesWhatAFileIsCalled() throws Exception {
    write("V2__it's \"quoted\"; drop.sql", "select broken;");

    Result result = migrate();

    assertThat(result.err()).startsWith("pgtrail: V2__it's \"quoted\"; drop.sql:1: column");
    assertThat(operations()).endsWith("2 it's \"quoted\"; drop|FAILED");
  }

  @Test
  void refusesADirectoryThatIsNone() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    Path empty = Files.createDirectory(directory.resolve("empty"));

    assertThat(migrateIn(directory.resolve("none")).err()).contains("none does not exist");
    assertThat(migrateIn(file).err()).contains("file is not a directory");
    assertThat(migrateIn(empty).err()).contains("There is no migration in", "V1__create");
    assertThat(migrateIn(empty).exitCode()).isEqualTo(2);
    assertThat(migrate("--target", "x").exitCode()).isEqualTo(2);
    assertThat(migrate("--target", "7").exitCode()).isEqualTo(2);
    assertThat(migrate("--retries", "-1").exitCode()).isEqualTo(2);
    assertThat(migrate("--lock-timeout", "soon").exitCode()).isEqualTo(2);
  }

  private void write(String name, String sql) {
    try {
      Path file = migrations.resolve(name);
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.writeString(file, sql);
    } catch (IOException failure) {
      throw new AssertionError(failure);
    }
  }

  private Result migrate(String... options) {
    List<String> arguments = new ArrayList<>(List.of("migrate", "--dir", migrations.toString()));
    arguments.addAll(Arrays.asList(options));
    return Pgtrail.in(database).run(arguments.toArray(String[]::new));
  }

  private Result migrateIn(Path other) {
    return Pgtrail.in(database).run("migrate", "--dir", other.toString());
  }

  /** As the hint says. */
  private void forgetWhatFailed(Result result) throws Exception {
    Matcher remedy = Pattern.compile("delete from .*;").matcher(result.err());
    assertThat(remedy.find()).isTrue();
    database.execute(remedy.group());
  }

  private boolean isTrue(String condition) throws Exception {
    return "t".equals(database.queryForString("select " + condition));
  }

  /** Name, status and more of each migration that was tracked, in order. */
  private String operations(String... columns) throws Exception {
    return String.valueOf(
        database.queryForString(
            """
            select string_agg(concat_ws('|', script_name, execution_status %s), E'\\n'
                order by execution_timestamp)
            from script_tracking.script_execution_s
            where script_type = 'MIGRATION'
            """
                .formatted(columns.length == 0 ? "" : ", " + String.join(", ", columns))));
  }
}
