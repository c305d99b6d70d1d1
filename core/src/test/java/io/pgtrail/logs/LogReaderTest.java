package io.pgtrail.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On a real server that writes its log. */
final class LogReaderTest {

  private static final Charset UTF_8 = StandardCharsets.UTF_8;

  private static final LoggingServer SERVER = LoggingServer.ofThisProgram();

  private static final String FROM_LOG =
      "from script_tracking.script_execution_s where record_source = 'SERVER_LOG'";

  private Login database;

  LogReaderTest() throws SQLException {
    database = SERVER.database();
  }

  @BeforeEach
  void createWhatIsForbidden() throws Exception {
    run("create table vault (id int primary key)", "create schema open");
    run("grant usage, create on schema open to someone");
  }

  @Test
  void recordsWhatFailsAndWhatIsDeniedThoughItsTransactionIsGone() throws Exception {
    attempt("begin; select 1/0");
    attempt("select * from vault where 'password=hunter2' <> ''");
    assertThatThrownBy(() -> new Login(database.jdbcUrl(), "someone", "wrong").connect())
        .isInstanceOf(SQLException.class);

    follow();

    assertThat(
            column(
                """
                select concat_ws(' | ', script_type, script_name, execution_status, db_session_user,
                    application_name, host(client_ip), metadata ->> 'error_code', error_message, sql_command)
                """
                    + FROM_LOG
                    + " order by execution_timestamp"))
        .containsExactly(
            "FAILED_STATEMENT | Failed SELECT | FAILED | someone | an \"application\" | 127.0.0.1 |"
                + " 22012 | division by zero | begin; select 1/0",
            "REFUSAL | Denied SELECT | FAILED | someone | an \"application\" | 127.0.0.1 | 42501 |"
                + " permission denied for table vault |"
                + " select * from vault where 'password=<redacted>' <> ''",
            "SIGN_IN | Denied login | FAILED | someone | 127.0.0.1 | 28P01 |"
                + " password authentication failed for user \"someone\"");
    assertThat(
            value(
                "select bool_and(execution_timestamp between now() - interval '5 minutes' and now()"
                    + " and tenant_hk is null and execution_duration_ms is null)::text "
                    + FROM_LOG))
        .isEqualTo("true");
  }

  @Test
  void recordsALineOnceHoweverOftenItIsReadAndByWhom() throws Exception {
    attempt("select 1/0");
    attempt("create role someone");
    run("create role wanted_" + name());
    follow();
    List<String> before = column("select script_execution_hk::text " + FROM_LOG);
    assertThat(before).hasSize(3);

    assertThat(follow()).isEqualTo("0 operations recorded of 1 log record");
    run("delete from pgtrail.log_file");
    assertThat(follow()).startsWith("0 operations recorded of ").doesNotContain(" 1 log record");
    // What is known of statements is forgotten after an hour.
    run("delete from pgtrail.log_statement");
    LogReading imported = LogReading.NOTHING;
    for (Path file : logFiles()) {
      imported = imported.plus(load(Files.readAllBytes(file)));
    }

    assertThat(imported.recorded()).isZero();
    assertThat(imported.elsewhere()).isPositive();
    assertThat(column("select script_execution_hk::text " + FROM_LOG))
        .containsExactlyInAnyOrderElementsOf(before);
  }

  @Test
  void goesOnWhereItWasInterruptedThroughRotationsOfTheLog() throws Exception {
    attempt("select 'first'::int");
    follow();
    attempt("select 'second'::int");
    run("alter table pgtrail.log_file add constraint interrupted check (false) not valid");
    assertThatThrownBy(this::follow).hasMessageContaining("interrupted");
    run("alter table pgtrail.log_file drop constraint interrupted");
    assertThat(value("select count(*)::text " + FROM_LOG)).isEqualTo("1");
    rotate();
    attempt("select 'third'::int");

    follow();

    assertThat(
            column(
                "select sql_command "
                    + FROM_LOG
                    + " and db_session_user = 'someone' order by execution_timestamp"))
        .containsExactly("select 'first'::int", "select 'second'::int", "select 'third'::int");
    assertThat(value("select count(*)::text " + FROM_LOG + " and version_number > 1"))
        .isEqualTo("0");
  }

  @Test
  void nothingIsMissedOrTwiceWhereTheServerIsStoppedAndKilledBetweenReadings() throws Exception {
    attempt("select 'read before'::int");
    follow();
    attempt("select 'before the stop'::int");
    SERVER.restart();
    attempt("select 'after the stop'::int");
    SERVER.killAndRestart();
    attempt("select 'after the kill'::int");
    for (String format : formats()) {
      // The process that writes the log outlives the others for a moment.
      Await.until("all is written", () -> logFile(format).contains("'after the stop'"));
    }

    follow();
    follow();

    assertThat(
            column(
                "select sql_command "
                    + FROM_LOG
                    + " and sql_command is not null order by execution_timestamp"))
        .containsExactly(
            "select 'read before'::int",
            "select 'before the stop'::int",
            "select 'after the stop'::int",
            "select 'after the kill'::int");
  }

  @Test
  @Tag("one-major")
  void nothingIsMissedOrTwiceWhileTheLogIsRotatedAndReadByTwo() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    AtomicBoolean done = new AtomicBoolean();
    List<String> failed = new ArrayList<>();
    try {
      List<Future<?>> readers = new ArrayList<>();
      for (int reader = 0; reader < 2; reader++) {
        readers.add(
            threads.submit(
                () -> {
                  while (!done.get()) {
                    catchUp();
                  }
                  return null;
                }));
      }
      int files = logFiles().size();
      while (logFiles().size() < files + 2 * formats().size()) {
        String statement = "select 'number " + failed.size() + "'::int";
        attempt(statement);
        failed.add(statement);
        SERVER.execute("select pg_rotate_logfile()");
      }
      done.set(true);
      for (Future<?> reader : readers) {
        reader.get();
      }
    } finally {
      done.set(true);
      threads.shutdown();
    }
    follow();

    assertThat(column("select sql_command " + FROM_LOG + " and sql_command like '%number%'"))
        .containsExactlyInAnyOrderElementsOf(failed);
  }

  @Test
  void aClockThatJumpsNeitherHidesALineNorDoublesIt() throws Exception {
    Path file = ownFile();
    String now = ownRecord("now");
    String line = now + "\n" + ownRecord("back").replace("2026-03-01 12", "1999-03-01 12") + "\n";
    Files.writeString(file, line);
    follow();
    String future = ownRecord("ahead").replace("2026-03-01 12", "2999-03-01 12");
    Files.writeString(file, future + "\n" + ownRecord("again") + "\n", StandardOpenOption.APPEND);
    follow();
    run("delete from pgtrail.log_file");
    follow();

    assertThat(
            column(
                "select error_message || to_char(execution_timestamp at time zone 'UTC', ' YYYY') "
                    + FROM_LOG
                    + " order by 1"))
        .containsExactly("again 2026", "ahead 2999", "back 1999", "now 2026");
  }

  @Test
  void nothingThatASessionWritesPassesForARecordOfTheLog() throws Exception {
    attempt("select 1/0");
    follow();
    String csv = logLine("csv", "division by zero");
    String forged = csv.replace("\"someone\"", "\"postgres\"").replace("22012", "42501");
    String json = forged;
    if (SERVER.writesJson()) {
      json = logLine("json", "division by zero").replace("\"someone\"", "\"postgres\"");
      forged += "\n" + json;
    }
    for (String text :
        List.of(forged, "\"\n" + forged + "\n\"", "\\\"\n" + forged, "',\"\n" + json)) {
      String literal = "'" + text.replace("'", "''") + "'";
      attempt("select $x$\n" + text + "\n$x$::int");
      attempt("do $x$ begin raise exception '%', " + literal + "; end $x$");
      attempt("do $x$ begin raise log '%', " + literal + "; end $x$");
      attempt("select set_config('application_name', " + literal + ", false), 1/0");
    }
    attempt("do $x$ begin raise log 'statement: drop role postgres'; end $x$");
    attempt("do $x$ begin raise warning using errcode = '28P01', message = 'denied'; end $x$");
    attempt(
        "do $x$ begin raise exception using errcode = '28P01',"
            + " message = 'password authentication failed for user \"postgres\"'; end $x$");

    follow();

    assertThat(value("select string_agg(distinct db_session_user, ',') " + FROM_LOG))
        .isEqualTo("someone");
    assertThat(column("select distinct script_type " + FROM_LOG + " order by 1"))
        .containsExactly("FAILED_STATEMENT");
    run("delete from pgtrail.log_file");
    for (Path file : logFiles()) {
      assertThat(load(Files.readAllBytes(file)))
          .returns(0L, LogReading::recorded)
          .returns(0L, LogReading::unreadable);
    }
  }

  @Test
  void halfARecordWaitsForItsOtherHalf() throws Exception {
    Path file = ownFile();
    String record = ownRecord("half");
    Files.writeString(file, ownRecord("whole") + "\n" + record.substring(0, record.length() / 2));
    follow();
    assertThat(messages()).containsExactly("whole");

    Files.writeString(
        file, record.substring(record.length() / 2) + "\n", StandardOpenOption.APPEND);
    follow();

    assertThat(messages()).containsExactly("half", "whole");
  }

  @Test
  void aFileThatIsCutOffWrittenAnewOrRemovedIsReadAsItIsNow() throws Exception {
    Path file = ownFile();
    Files.writeString(file, ownRecord("first") + "\n" + ownRecord("second") + "\n");
    follow();
    Files.writeString(file, ownRecord("third") + "\n");
    follow();
    Files.writeString(file, ownRecord("fourth") + "\n" + ownRecord("fifth") + "\n");
    follow();
    assertThat(messages()).containsExactly("fifth", "first", "fourth", "second", "third");

    Files.delete(file);
    attempt("select 1/0");
    follow();

    assertThat(
            value(
                "select count(*)::text from pgtrail.log_file where file = '"
                    + file.getFileName()
                    + "'"))
        .isEqualTo("0");
    assertThat(messages()).contains("division by zero");
  }

  @Test
  void aFileThatIsCutOffOrRemovedWhileItIsReadIsReadAsItIsNow() throws Exception {
    run(
        "alter function pgtrail.read_log(text, bigint, bigint) rename to read_log_now",
        """
        create function pgtrail.read_log(file text, place bigint, bytes bigint)
            returns bytea
            language plpgsql
        as $$
        begin
            perform pg_advisory_xact_lock_shared(7);
            return pgtrail.read_log_now(file, place, bytes);
        end
        $$
        """);
    Path file = ownFile();
    Files.writeString(file, ownRecord("first") + "\n" + ownRecord("second") + "\n");
    followWhile(() -> Files.writeString(file, ownRecord("third") + "\n"));
    follow();
    assertThat(messages()).containsExactly("third");

    Files.writeString(file, ownRecord("fourth") + "\n", StandardOpenOption.APPEND);
    attempt("select 1/0");
    followWhile(
        () -> {
          Files.delete(file);
          rotate();
        });
    follow();
    assertThat(messages()).containsExactly("division by zero", "third");
  }

  /** Something that a test does. */
  @FunctionalInterface
  private interface Deed {
    void run() throws Exception;
  }

  /** The files are listed, the deed is done, then they are read. */
  private void followWhile(Deed deed) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Connection keeper = database.connect()) {
      Sql.execute(keeper, "select pg_advisory_lock(7)");
      Future<String> reading = thread.submit(this::follow);
      Await.until(
          "the log is being read",
          () ->
              value(
                      "select exists (select from pg_locks where locktype = 'advisory' and not granted)")
                  .equals("t"));
      deed.run();
      Sql.execute(keeper, "select pg_advisory_unlock(7)");
      reading.get();
    } finally {
      thread.shutdown();
    }
  }

  @Test
  void behindADamagedRecordOfCsvlogNothingIsTakenForARecord() throws Exception {
    String record = ownRecord("csv", "sixth", "select 'x'");
    String damaged = record.substring(0, record.indexOf("select 'x'") + 5);
    String hostile =
        ownRecord(
            "csv", "seventh", "'\n" + ownRecord("csv", "forged", "").replace("\"", "\"\"") + "\n'");

    LogReading reading =
        load((ownRecord("csv", "whole", "") + "\n" + damaged + hostile + "\n").getBytes(UTF_8));

    assertThat(reading.damaged()).isEqualTo(1);
    assertThat(messages()).containsExactly("whole");
    assertThat(importBySql(ownRecord("csv", "other", "") + "\n" + damaged + hostile + "\n"))
        .isEqualTo("1");
    assertThat(messages()).containsExactly("other", "whole");
  }

  @Test
  void behindADamagedLineOfJsonlogTheNextIsRead() throws Exception {
    assumeThat(SERVER.writesJson()).isTrue();
    String record = ownRecord("json", "first", "");
    String damaged = record.substring(0, record.length() - 9);

    LogReading reading =
        load(
            (record
                    + "\n"
                    + damaged
                    + record
                    + "\n{\"message\":\"x\"}\n[]\n"
                    + ownRecord("json", "second", "")
                    + "\r\n")
                .getBytes(UTF_8));

    assertThat(reading.unreadable()).isEqualTo(3);
    assertThat(messages()).containsExactly("first", "second");
  }

  @Test
  @Tag("one-major")
  void aLineOf100MegabytesIsCutInLittleMemoryAndTheNextIsRead() throws Exception {
    for (String format : formats()) {
      long before = allocated();

      LogReading reading = load(longLog(format));

      assertThat(allocated() - before).as("bytes taken for " + format).isLessThan(50_000_000);
      assertThat(reading.inWords()).isEqualTo("2 operations recorded of 2 log records, 1 abridged");
    }
    assertCut();
    assertThat(messages()).contains("csv next");
  }

  @Test
  @Tag("one-major")
  void aLineOf100MegabytesIsFollowedAndTheNextIsRead() throws Exception {
    String format = formats().get(formats().size() - 1);
    Path file = ownFile();
    try (InputStream log = longLog(format)) {
      Files.copy(log, file, StandardCopyOption.REPLACE_EXISTING);

      assertThat(follow()).contains("2 operations recorded", " abridged");
    } finally {
      Files.delete(file);
    }
    assertCut();
  }

  @Test
  void whatIsNoTextIsReplaced() throws Exception {
    for (String format : formats()) {
      byte[] wrong = (ownRecord(format, format + " wrong", "~|~") + "\n").getBytes(UTF_8);
      for (int place = 0; place < wrong.length; place++) {
        wrong[place] = wrong[place] == '~' ? (byte) 0xff : wrong[place] == '|' ? 0 : wrong[place];
      }

      assertThat(load(wrong).recorded()).isEqualTo(1);
    }
    assertThat(column("select distinct sql_command " + FROM_LOG))
        .containsExactly("\ufffd\ufffd\ufffd");
  }

  /** A record with a statement of 100 MB that is never in memory, and an ordinary one. */
  private InputStream longLog(String format) {
    String[] record = ownRecord(format, format + " long", "|").split("\\|", 2);
    byte[] some = "x\u00e4".repeat(1000).getBytes(UTF_8);
    List<InputStream> parts = new ArrayList<>();
    parts.add(new ByteArrayInputStream(record[0].getBytes(UTF_8)));
    parts.addAll(
        Stream.generate(() -> new ByteArrayInputStream(some))
            .limit(100_000_000 / some.length)
            .toList());
    String rest = record[1] + "\n" + ownRecord(format, format + " next", "") + "\n";
    parts.add(new ByteArrayInputStream(rest.getBytes(UTF_8)));
    return new SequenceInputStream(Collections.enumeration(parts));
  }

  private void assertCut() throws SQLException {
    assertThat(
            value(
                "select max(length(sql_command)) < 70000 and bool_and(sql_command like '%... [abridged]') "
                    + FROM_LOG
                    + " and error_message like '% long'"))
        .isEqualTo("t");
  }

  /** What this thread has taken of the heap since it began. */
  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void recordsDdlThatEventTriggersCannotSeeAndNothingTwice() throws Exception {
    String role = "role_" + name();
    run(
        "create table seen (id int); create /* hidden */ role " + role + " password 'hunter2'",
        "alter database " + name() + " set work_mem = '5MB'",
        "alter event trigger et_sql_drop disable",
        "alter event trigger et_sql_drop enable",
        "grant " + role + " to someone",
        "grant select on seen to someone",
        "do $$ begin create role " + role + "_2; end $$");
    attempt("create role " + role);

    follow();

    assertThat(
            column(
                "select concat_ws(' | ', metadata ->> 'command_tag', execution_status, db_session_user, metadata ->> 'error_code') "
                    + FROM_LOG
                    + " order by execution_timestamp, script_name"))
        .containsExactlyInAnyOrder(
            "CREATE ROLE | COMPLETED | postgres",
            "ALTER DATABASE | COMPLETED | postgres",
            "ALTER EVENT TRIGGER | COMPLETED | postgres",
            "ALTER EVENT TRIGGER | COMPLETED | postgres",
            "GRANT ROLE | COMPLETED | postgres",
            "CREATE ROLE | FAILED | someone | 42501");
    assertThat(value("select min(sql_command) " + FROM_LOG + " and sql_command like '%hidden%'"))
        .isEqualTo("create /* hidden */ role " + role + " password '<redacted>'");
    assertThat(
            value(
                "select count(*)::text from script_tracking.script_execution_s"
                    + " where sql_command like 'create table seen%'"))
        .isEqualTo("1");
    run("drop owned by " + role, "drop role " + role, "drop role " + role + "_2");
  }

  @Test
  void ddlThatFailsAfterItWasReadIsFailedInASecondVersion() throws Exception {
    attempt("create role someone");
    settle();
    String log = logFile("csv");
    String error = logLine("csv", "\"create role someone\"", "42501");
    String before = log.substring(0, log.indexOf(error));

    load(before.getBytes(UTF_8));
    String first = value("select execution_status " + FROM_LOG + " and script_type = 'DDL_AUTO'");
    load(log.getBytes(UTF_8));
    load(log.getBytes(UTF_8));

    assertThat(first).isEqualTo("COMPLETED");
    assertThat(
            column(
                "select concat_ws(' ', script_type, execution_status, version_number, metadata ->> 'error_code') "
                    + FROM_LOG))
        .containsExactly("DDL_AUTO FAILED 2 42501");
  }

  @Test
  void ddlOfATransactionThatIsKnownToBeRolledBackIsMarked() throws Exception {
    try (Connection session = database.connect()) {
      Sql.execute(session, "begin", "create table lost (id int)", "create role lost_" + name());
      fail(session, "select 1/0");
      Sql.execute(session, "rollback");
      Sql.execute(session, "begin", "create table kept (id int)", "savepoint s");
      fail(session, "select 2/0");
      Sql.execute(session, "rollback to s", "create role kept_" + name(), "commit");
    }

    follow();

    assertThat(
            column(
                "select concat_ws(' | ', execution_status, metadata ->> 'outcome', sql_command, error_message) "
                    + FROM_LOG
                    + " and script_type = 'DDL_AUTO' order by 1"))
        .containsExactly(
            "COMPLETED | create role kept_" + name(),
            "FAILED | ROLLED_BACK | create role lost_" + name() + " | division by zero",
            "FAILED | ROLLED_BACK | create table lost (id int) | division by zero");
    assertThat(
            column(
                "select sql_command from script_tracking.script_execution_s"
                    + " where record_source = 'EVENT_TRIGGER' and sql_command like 'create table kept%'"))
        .hasSize(1);
    run("drop role kept_" + name());
  }

  @Test
  void itIsCodesThatCountNotWordsWhichTheServerTranslates() throws Exception {
    String error = ownRecord("csv", "Division durch Null", "select 1/0");
    String log = error.replace(",ERROR,22012,", ",PROTOKOLL,00000,");
    load(
        Stream.of(
                error.replace(",ERROR,", ",FEHLER,"),
                log.replace("Division durch Null", "Verbindung empfangen"),
                log.replace("Division durch Null", "Anweisung: create role sven")
                    .replace("\"select 1/0\"", "")
                    .replace(".1a,1,", ".1a,2,"))
            .collect(Collectors.joining("\n", "", "\n"))
            .getBytes(UTF_8));

    assertThat(
            column("select concat_ws(' ', script_type, sql_command) " + FROM_LOG + " order by 1"))
        .containsExactly("DDL_AUTO create role sven", "FAILED_STATEMENT select 1/0");
  }

  @Test
  void whatCannotBeRecordedKeepsNothingElseBack() throws Exception {
    run(
        "alter table script_tracking.script_execution_s"
            + " add constraint poison check (error_message <> 'poison') not valid");

    LogReading reading =
        load(
            Stream.of("first", "poison", "second", "third")
                .map(message -> ownRecord("csv", message, "") + "\n")
                .collect(Collectors.joining())
                .getBytes(UTF_8));

    assertThat(reading.unreadable()).isEqualTo(1);
    assertThat(messages()).containsExactly("first", "second", "third");
  }

  @Test
  void ddlCannotBeHiddenByHowItIsWritten() throws Exception {
    String role = "role hidden_" + name();
    run("/*" + "x".repeat(100_000) + "*/ create " + role);
    run("drop\n/**/" + role, "create /* -- \" */ role \"hidden_" + name() + "\"");
    run("drop /*" + "x".repeat(20_000) + "*/ " + role);
    run("create " + role, "drop/**/" + role);
    follow();
    load(ownStatement("statement: " + ";".repeat(1000) + "create role x", "idle").getBytes(UTF_8));

    assertThat(
            column(
                "select metadata ->> 'command_tag' "
                    + FROM_LOG
                    + " and db_session_user in ('postgres', 'ann')"))
        .containsExactlyInAnyOrder(
            "UNKNOWN",
            "UNKNOWN",
            "DROP ROLE",
            "CREATE ROLE",
            "UNKNOWN",
            "CREATE ROLE",
            "DROP ROLE");
  }

  @Test
  void theNameOfAPreparedStatementHidesNothing() throws Exception {
    String log = ownStatement("execute a: b:c: create role sven", "CREATE ROLE");
    load((log + ownStatement("execute a:b: drop role sven", "DROP ROLE")).getBytes(UTF_8));

    assertThat(column("select metadata ->> 'command_tag' " + FROM_LOG + " order by 1"))
        .containsExactly("CREATE ROLE", "DROP ROLE");
  }

  @Test
  void whatClientsSayOfThemselvesIsNoStatement() throws Exception {
    String authorized = "connection authorized: user=ann database=d application_name=";
    load(
        (ownStatement(authorized + "x; drop role postgres", "authentication")
                + ownStatement("duration: 2.5 ms  plan: select 1; drop role postgres", "SELECT")
                + ownStatement("disconnection: session time: 0:00:01 user=x; drop role y", "idle"))
            .getBytes(UTF_8));

    assertThat(column("select sql_command " + FROM_LOG)).isEmpty();
  }

  @Test
  void aBrokenStatementKeepsItsSecretToItself() throws Exception {
    attempt("create role sven password hunter2");
    attempt("create role sven password 'hunter2");
    attempt("create role sven password '" + "hunter2".repeat(20_000) + "'");
    follow();

    assertThat(column("select concat_ws(' | ', sql_command, error_message) " + FROM_LOG))
        .hasSizeGreaterThan(2)
        .noneMatch(text -> text.contains("hunter2"))
        .anyMatch(
            text ->
                text.equals(
                    "create role sven password <redacted> | syntax error at or near \"<redacted>\""));
  }

  @Test
  void whatBelongsToNoDatabaseIsRecordedWhatBelongsToAnotherIsCounted() throws Exception {
    String error = ownRecord("csv", "no space left", "");

    LogReading reading =
        load(
            (error
                        .replace("\"ann\",\"" + name() + "\"", ",")
                        .replace("client backend", "checkpointer")
                    + "\n"
                    + error.replace(name(), "other")
                    + "\n")
                .getBytes(UTF_8));

    assertThat(reading.inWords())
        .isEqualTo("1 operation recorded of 2 log records, 1 of other databases");
    assertThat(column("select concat_ws(' ', db_session_user, error_message) " + FROM_LOG))
        .containsExactly("(checkpointer) no space left");
  }

  @Test
  void anOperationBelongsToTheOnlyTenantOfItsRole() throws Exception {
    run(
        "select script_tracking.create_tenant('acme')",
        "select script_tracking.create_tenant('other')",
        "select script_tracking.grant_tenant('acme', 'someone')");
    attempt("select 1/0");
    follow();
    run("select script_tracking.revoke_tenant('acme', 'someone')");
    run("select script_tracking.grant_tenant('acme', 'staff')");
    attempt("select 2/0");
    follow();

    assertThat(value("select bool_and(tenant_hk = sha256('acme')) and count(*) = 2 " + FROM_LOG))
        .isEqualTo("t");
  }

  @Test
  void whatWasDoneForOneOfSeveralTenantsIsNotShownToAll() throws Exception {
    run(
        "select script_tracking.create_tenant('acme')",
        "select script_tracking.create_tenant('other')",
        "select script_tracking.grant_tenant('acme', 'someone')",
        "select script_tracking.grant_tenant('other', 'someone')");
    attempt("select 'secret of acme'::int");
    attempt("create role secret_of_acme");
    follow();

    assertThat(
            column(
                "select concat_ws(' | ', script_name, db_session_user, sql_command, error_message) "
                    + FROM_LOG
                    + " and tenant_hk is null"))
        .hasSize(2)
        .contains("Failed SELECT | someone | 22P02");
    assertThat(
            value(
                "select count(*)::text "
                    + FROM_LOG
                    + " and concat(sql_command, error_message) like '%acme%'"))
        .isEqualTo("0");
  }

  @Test
  void aFileThatIsDamagedFromTheStartIsReadOnce() throws Exception {
    assumeThat(SERVER.writesJson()).isFalse();
    Path file = ownFile();
    Files.writeString(file, "\"x\"y\n" + ownRecord("behind") + "\n");

    assertThat(follow()).contains("1 file given up at a damaged record");
    assertThat(follow()).doesNotContain("given up");

    Files.writeString(file, ownRecord("anew") + "\n");
    follow();
    assertThat(messages()).containsExactly("anew");
  }

  @Test
  void importsCompressedFilesAndRefusesOtherTexts() throws Exception {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write((ownRecord("zipped") + "\n").repeat(2).getBytes(UTF_8));
    }

    assertThat(load(compressed.toByteArray()).inWords())
        .isEqualTo("1 operation recorded of 2 log records");
    assertThat(load(new byte[0]).inWords()).isEqualTo("0 operations recorded of 0 log records");
    assertThatThrownBy(
            () -> load("2026-03-01 12:00:00 UTC [1] ERROR:  no \"csv\"\n".getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  @Test
  void onlyAdministratorsRecordWhatALogSaysOfOthers() throws Exception {
    for (String call :
        List.of(
            "select script_tracking.import_postgres_logs('')",
            "select pgtrail.record_log('{}', true)",
            "select pgtrail.read_log('x.csv', 0, 1)")) {
      try (Connection session = LoggingServer.someone(database).connect()) {
        assertThatThrownBy(() -> Sql.execute(session, call))
            .as(call)
            .isInstanceOfSatisfying(
                SQLException.class,
                refusal -> assertThat(refusal.getSQLState()).isIn("PT002", "42501"));
      }
    }
    assertThatThrownBy(() -> value("select pgtrail.read_log('../PG_VERSION', 0, 10)::text"))
        .isInstanceOfSatisfying(
            SQLException.class, refusal -> assertThat(refusal.getSQLState()).isEqualTo("PT001"));
  }

  @Test
  void theFunctionWarnsOfWhatItCannotRead() throws Exception {
    try (Connection session = database.connect();
        Statement statement = session.createStatement()) {
      statement.execute("select script_tracking.import_postgres_logs('no line of a log')");

      assertThat((Throwable) statement.getWarnings())
          .hasMessage("records of the log that could not be read: 1");
    }
  }

  @Test
  void theSetupSaysWhatIsMissingAndSetsIt() {
    assertThat(SERVER.before())
        .filteredOn(setting -> !setting.holds())
        .extracting(LogSetting::subject)
        .contains("log_destination", "log_statement", "pg_catalog.pg_ls_logdir()")
        .doesNotContain("logging_collector", "log_min_messages");
    assertThat(SERVER.after()).hasSameSizeAs(SERVER.before());
    assertThat(SERVER.after())
        .filteredOn(setting -> setting.subject().startsWith("pg_catalog."))
        .allMatch(LogSetting::holds)
        .hasSize(3);
  }

  @Test
  void whereTheLogCannotBeReadItSaysSo() throws Exception {
    run("revoke execute on function pg_catalog.pg_ls_logdir() from pgtrail_owner");

    assertThat(follow())
        .isEqualTo("pgtrail_owner may not read the log of the server: pgtrail logs setup");
  }

  private String name() {
    return database.jdbcUrl().replaceFirst(".*/", "");
  }

  private void run(String... statements) throws SQLException {
    try (Connection connection = database.connect()) {
      Sql.execute(connection, statements);
    }
  }

  private String value(String query) throws SQLException {
    try (Connection connection = database.connect()) {
      return String.valueOf(Sql.queryForString(connection, query));
    }
  }

  private List<String> column(String query) throws SQLException {
    try (Connection connection = database.connect()) {
      return Sql.rows(connection, query).stream()
          .map(row -> String.valueOf(row.values().iterator().next()))
          .toList();
    }
  }

  private List<String> messages() throws SQLException {
    return column("select error_message " + FROM_LOG + " order by 1");
  }

  /** As somebody without rights; whether it fails does not matter. */
  private void attempt(String statement) throws SQLException {
    Properties properties = new Properties();
    Login someone = LoggingServer.someone(database);
    properties.setProperty("user", someone.user());
    properties.setProperty("password", someone.password());
    properties.setProperty("ApplicationName", "an \"application\"");
    properties.setProperty("preferQueryMode", "simple");
    try (Connection session = DriverManager.getConnection(someone.jdbcUrl(), properties)) {
      fail(session, statement);
    }
  }

  private static void fail(Connection session, String statement) {
    try {
      Sql.execute(session, statement);
    } catch (SQLException expected) {
      assertThat(expected.getSQLState()).isNotNull();
    }
  }

  /** Waits until all that happened is in the log, and reads it. */
  private String follow() throws Exception {
    settle();
    return catchUp();
  }

  private String catchUp() {
    try (Handle handle = Jdbi.create(LoggingServer.reader(database).dataSource()).open()) {
      return new LogFollower(handle).catchUp();
    }
  }

  /** What was written before is in the files, in each format. */
  private void settle() throws Exception {
    String mark = "settled " + System.nanoTime();
    SERVER.execute("do $$ begin raise log '" + mark + "'; end $$");
    for (String format : formats()) {
      Await.until(mark + " is in the log as " + format, () -> logFile(format).contains(mark));
    }
  }

  /** Files are named by the second: within the same one the server goes on in the same file. */
  private static void rotate() throws Exception {
    int before = logFiles().size();
    Await.until(
        "the log is in another file",
        () -> {
          SERVER.execute("select pg_rotate_logfile()");
          return logFiles().size() > before;
        });
  }

  private static List<String> formats() {
    return SERVER.writesJson() ? List.of("csv", "json") : List.of("csv");
  }

  private static List<Path> logFiles() throws IOException {
    try (Stream<Path> files = Files.list(SERVER.logDirectory())) {
      return files.filter(file -> file.toString().matches(".*\\.(csv|json)")).sorted().toList();
    }
  }

  /** All that is in the log. */
  private static String logFile(String format) throws IOException {
    StringBuilder log = new StringBuilder();
    for (Path file : logFiles()) {
      if (file.toString().endsWith("." + format)
          && !file.getFileName().toString().startsWith("own")) {
        log.append(Files.readString(file));
      }
    }
    return log.toString();
  }

  private String logLine(String format, String... texts) throws IOException {
    return logFile(format)
        .lines()
        .filter(line -> line.contains(name()))
        .filter(line -> Stream.of(texts).allMatch(line::contains))
        .findFirst()
        .orElseThrow();
  }

  private LogReading load(byte[] log) {
    return load(new ByteArrayInputStream(log));
  }

  private LogReading load(InputStream log) {
    return new LogImport(Jdbi.create(LoggingServer.reader(database).dataSource()))
        .read(log, reading -> {});
  }

  private String importBySql(String log) throws SQLException {
    try (Handle handle = Jdbi.create(database.dataSource()).open()) {
      return Objects.toString(
          handle
              .createQuery("select script_tracking.import_postgres_logs(:log)")
              .bind("log", log)
              .mapTo(String.class)
              .one());
    }
  }

  private static Path ownFile() throws IOException {
    Path file =
        SERVER
            .logDirectory()
            .resolve("own-" + System.nanoTime() + (SERVER.writesJson() ? ".json" : ".csv"));
    Files.createFile(file);
    return file;
  }

  private String ownRecord(String message) {
    return ownRecord(SERVER.writesJson() ? "json" : "csv", message, "");
  }

  /** A line that is no error, as csvlog. */
  private String ownStatement(String message, String command) {
    return ownRecord("csv", message, "")
            .replace(",ERROR,22012,", ",LOG,00000,")
            .replace("\"SELECT\"", "\"" + command + "\"")
        + "\n";
  }

  /** As the server would write it, each in a session of its own. */
  private String ownRecord(String format, String message, String statement) {
    String session = Integer.toHexString(message.hashCode()) + ".1a";
    return format.equals("json")
        ? ("{\"timestamp\":\"2026-03-01 12:00:00.123 UTC\",\"user\":\"ann\",\"dbname\":\"%s\",\"pid\":26,"
                + "\"session_id\":\"%s\",\"line_num\":1,\"ps\":\"SELECT\",\"vxid\":\"3/7\",\"txid\":0,"
                + "\"error_severity\":\"ERROR\",\"state_code\":\"22012\",\"message\":\"%s\",\"statement\":\"%s\"}")
            .formatted(name(), session, message, statement)
        : ("2026-03-01 12:00:00.123 UTC,\"ann\",\"%s\",26,\"10.0.0.1:5\",%s,1,\"SELECT\","
                + "2026-03-01 11:00:00 UTC,3/7,0,ERROR,22012,\"%s\",,,,,,\"%s\",,,\"\",\"client backend\",,0")
            .formatted(name(), session, message, statement);
  }
}
