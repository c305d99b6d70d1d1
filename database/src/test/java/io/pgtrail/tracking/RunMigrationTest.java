package io.pgtrail.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Project;
import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Migrations from files of the server. */
final class RunMigrationTest extends InstalledDatabase {

  private static final String RECORDED =
      """
      select string_agg(
          concat_ws(' | ', script_name, execution_status, affected_objects, split_part(error_message, E'\\n', 1),
              metadata ->> 'version', metadata ->> 'outcome', metadata ->> 'error_code'),
          E'\\n' order by execution_timestamp)
      from script_tracking.script_execution_s
      where script_type = 'MIGRATION'
      """;

  private Path directory = Path.of("/");
  private Login deployer;

  /** In the data directory, so that no right is needed that would hold in other databases, too. */
  @BeforeEach
  void prepare() throws Exception {
    directory = Path.of(value("show data_directory")).resolve("migrations_" + database.name());
    Files.createDirectories(directory);
    deployer = member("deployer", "pgtrail_writer");
    run(
        "create schema app authorization " + deployer.user(),
        "grant execute on function pg_read_binary_file(text, bigint, bigint, boolean),"
            + " pg_stat_file(text, boolean) to pgtrail_owner",
        "select script_tracking.configure('migrations_directory', '" + directory + "')");
  }

  @Test
  void aFileRunsOnceAsItsCallerInTheSchemaOfItsSession() throws Exception {
    write("V1.sql", "create table users (id int primary key);\ninsert into users values (7);\n");
    try (Connection session = database.connectAs(deployer)) {
      Sql.execute(session, "set search_path = app");

      assertThat(migrate(session, directory + "/V1.sql", "V1")).isEqualTo("COMPLETED 2 -");
      assertThat(migrate(session, "V1.sql", "V1")).isEqualTo("SKIPPED 0 -");
    }
    assertThat(value("select id from app.users")).isEqualTo("7");
    assertThat(value("select tableowner from pg_tables where tablename = 'users'"))
        .isEqualTo(deployer.user());
    assertThat(value(RECORDED).lines())
        .containsExactly(
            "V1.sql | COMPLETED | {app.users,app.users_pkey} | V1 | COMPLETED",
            "V1.sql | COMPLETED | V1 | SKIPPED");
    assertThat(value("select ran_by from pgtrail.migration")).isEqualTo(deployer.user());
  }

  @Test
  void thePageOnMigrationsShowsHow() throws Exception {
    write("V001_add_user_table.sql", "create table app.users (id int)");
    String page = Files.readString(Project.root().resolve("docs/how-to/track-migrations.md"));
    List<String> blocks =
        Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
            .matcher(page)
            .results()
            .map(block -> block.group(1))
            .toList();
    run("select script_tracking.configure('migrations_directory', 'none')");
    try (Connection session = database.connectAs(deployer)) {
      for (String statement : blocks.get(1).replaceAll("--.*", "").split(";", -1)) {
        if (!statement.isBlank()) {
          run(
              statement
                  .replace("'/migrations'", "'" + directory + "'")
                  .replace("TO deployer", "TO " + deployer.user()));
        }
      }

      assertThat(
              value(
                  session,
                  "select migration_status from (" + blocks.get(0).replace(";", "") + ") as m"))
          .isEqualTo("COMPLETED");
    } finally {
      run("revoke pg_read_server_files from pgtrail_owner");
    }
  }

  @Test
  void eachStatementOfAFileIsRecordedAsItself() throws Exception {
    String function =
        "create function app.f() returns int language plpgsql as $f$ begin return 1; end; $f$";
    String atomic =
        "create function app.g(a int) returns int begin atomic select case a when 1 then 2 end; end";
    String table = "create table app.t (a text default ';', \"b;\" text default e'\\';' /* ; */)";
    String padding = "-- " + "é;".repeat(5_000) + "\n";
    write(
        "V1.sql",
        String.join(
                ";\n" + padding,
                table,
                "insert into app.t values ('" + ";".repeat(9_000) + "')",
                function)
            + ";;\n\n"
            + atomic
            + " ; -- the end");

    assertThat(migrate(connection, "V1.sql", "V1")).isEqualTo("COMPLETED 3 -");

    assertThat(
            Sql.rows(
                    connection,
                    "select sql_command from script_tracking.script_execution_s"
                        + " where script_type = 'DDL_AUTO' and array_to_string(affected_objects, '') ~ '^app\\.'"
                        + " order by execution_timestamp")
                .stream()
                .map(row -> String.valueOf(row.get("sql_command"))))
        .containsExactly(table, padding + function, atomic);
    assertThat(value("select length(a) from app.t")).isEqualTo("9000");
  }

  @Test
  void aLongStatementEndsWhereItDoes() throws Exception {
    String rows = "('a;'), ('it''s; -'), (';'), ".repeat(500) + "('é')";
    String comments = rows.replace("),", "), /* it's ; */ ");
    write(
        "V1.sql",
        "create table app.t (a text);\ninsert into app.t values "
            + rows
            + ";;"
            + " ".repeat(40_000)
            + ";\ninsert into app.t values "
            + comments
            + ";\ncreate rule r as on delete to app.t do also (select 1; "
            + "select 'x;'; ".repeat(1_000)
            + "select 2);\ncreate table app.u as select length($$"
            + rows
            + "$$)");

    assertThat(migrate(connection, "V1.sql", "V1")).startsWith("COMPLETED");

    assertThat(value("select count(*) from app.t")).isEqualTo("3002");
    assertThat(value("select length from app.u")).isEqualTo(String.valueOf(rows.length()));
  }

  @Test
  void aFileThatFailsIsUndoneAndStaysRecordedAndRunsOnceItIsMended() throws Exception {
    write("V1.sql", "create table app.t (password text); select 1 / 0 -- password = 'hunter2'");
    assertThat(migrate(connection, "V1.sql", "V1"))
        .isEqualTo("FAILED 0 statement 2: division by zero");
    assertThat(value("select to_regclass('app.t') is null")).isEqualTo("t");

    write("V1.sql", "create table app.t (id int)");
    assertThat(migrate(connection, "V1.sql", "V1")).isEqualTo("COMPLETED 1 -");

    write("V1.sql", "create table app.other (id int)");
    assertThat(migrate(connection, "V1.sql", "V1")).startsWith("CHANGED 0 another file has run");
    assertThat(value("select to_regclass('app.other') is null")).isEqualTo("t");
    assertThat(value(RECORDED).lines())
        .containsExactly(
            "V1.sql | FAILED | statement 2: division by zero | V1 | FAILED | 22012",
            "V1.sql | COMPLETED | {app.t} | V1 | COMPLETED",
            "V1.sql | FAILED | another file has run as this version: give the new one a version of"
                + " its own | V1 | CHANGED | PT029");
    assertThat(value("select string_agg(sql_command, '') from script_tracking.script_execution_s"))
        .doesNotContain("hunter2");
  }

  @Test
  void whatCannotRunInAFileFailsAndLeavesNothing() throws Exception {
    Map<String, String> scripts = new LinkedHashMap<>();
    scripts.put("begin; create table app.t (id int); commit", "0A000");
    scripts.put("create table app.t (id int); savepoint s", "0A000");
    scripts.put("create table app.t (id int);\ncopy app.t from stdin;\n", "0A000");
    scripts.put("create table app.t (id int);\ncopy app.t from stdin;\n1\n\\.\n", "0A000");
    scripts.put("create table app.t (id int);\n\\i other.sql\n", "42601");
    scripts.put("create table app.t (id int); create index concurrently on app.t (id)", "25001");
    scripts.put("create table app.t (id int); vacuum app.t", "25001");
    scripts.put("create table app.t (id int); set role pgtrail_reader", "PT029");
    scripts.put("create table app.t (id int); set local role pgtrail_reader", "PT029");
    scripts.put("create table app.t (id int); do $$ begin assert false; end $$", "P0004");
    scripts.put("  -- nothing\n/* at all */ ;", "PT029");
    scripts.put(" ", "PT029");
    scripts.put("", "PT029");
    for (Map.Entry<String, String> script : scripts.entrySet()) {
      write("V1.sql", script.getKey());
      String version = "V" + script.getKey().hashCode();

      assertThat(migrate(connection, "V1.sql", version))
          .as(script.getKey())
          .startsWith("FAILED 0 ");
      assertThat(
              value(
                  "select metadata ->> 'error_code' from script_tracking.script_execution_s"
                      + " where metadata ->> 'version' = '"
                      + version
                      + "'"))
          .as(script.getKey())
          .isEqualTo(script.getValue());
    }
    assertThat(value("select to_regclass('app.t') is null")).isEqualTo("t");
    assertThat(value("select count(*) from pgtrail.migration")).isEqualTo("0");
    assertThat(value("select current_user = session_user")).isEqualTo("t");
  }

  @Test
  void onlyPlainFilesOfTheDirectoryAreRead() throws Exception {
    Files.createDirectories(directory.resolve("sub.sql"));
    Files.writeString(directory.resolve("sub.sql").resolve("V1.sql"), "select 1");
    Files.writeString(directory.resolveSibling("outside.sql"), "select 1");
    Files.write(directory.resolve("latin.sql"), "select 'é'".getBytes(StandardCharsets.ISO_8859_1));
    Files.write(directory.resolve("nul.sql"), new byte[] {'s', 0, 'x'});
    Files.write(directory.resolve("big.sql"), new byte[4 * 1024 * 1024 + 1]);
    Map<String, String> refusals =
        Map.ofEntries(
            entry("../outside.sql", "this is no file of"),
            entry(directory + "/../outside.sql", "this is no file of"),
            entry(directory.resolveSibling("outside.sql").toString(), "this is no file of"),
            entry("sub.sql/V1.sql", "this is no file of"),
            entry("/etc/passwd", "this is no file of"),
            entry("PG_VERSION", "this is no file of"),
            entry("", "this is no file of"),
            entry("V1.sql\n", "this is no file of"),
            entry("V1.sql; drop table x; --.sql", "this is no file of"),
            entry("x".repeat(1_000_000) + ".sql", "this is no file of"),
            entry("ünï.sql", "this is no file of"),
            entry("-.sql", "this is no file of"),
            entry("..sql", "this is no file of"),
            entry("sub.sql", "this is a directory"),
            entry("none.sql", "there is no such file"),
            entry("big.sql", "the file has more than"),
            entry("nul.sql", "the file is not UTF-8"),
            entry("latin.sql", "the file is not UTF-8"));
    for (Map.Entry<String, String> refusal : refusals.entrySet()) {
      assertThat(migrate(connection, refusal.getKey(), "V1"))
          .startsWith("FAILED 0 " + refusal.getValue());
    }
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s where script_type = 'MIGRATION'"))
        .isEqualTo(String.valueOf(refusals.size()));

    Files.writeString(directory.resolve("V1.sql"), "\uFEFFselect 'é'");
    assertThat(migrate(connection, "V1.sql", "")).startsWith("FAILED 0 a version has");
    assertThat(migrate(connection, "V1.sql", "V1")).isEqualTo("COMPLETED 0 -");
  }

  @Test
  void aSymbolicLinkIsNotFollowedThoughTheDirectoryMayBeOne(@TempDir Path elsewhere)
      throws Exception {
    Files.writeString(elsewhere.resolve("key.sql"), "select 'hunter2'");
    Path real = Files.createDirectory(elsewhere.resolve("real"));
    Files.writeString(real.resolve("V1.sql"), "create table app.t (id int)");
    Files.createSymbolicLink(real.resolve("absolute.sql"), elsewhere.resolve("key.sql"));
    Files.createSymbolicLink(real.resolve("relative.sql"), Path.of("../key.sql"));
    Files.createSymbolicLink(real.resolve("within.sql"), Path.of("V1.sql"));
    Files.createSymbolicLink(real.resolve("nowhere.sql"), Path.of("none"));
    Files.createSymbolicLink(real.resolve("ring.sql"), Path.of("ring.sql"));
    Files.createSymbolicLink(real.resolve("directory.sql"), elsewhere);
    Path link = Files.createSymbolicLink(elsewhere.resolve("link"), real);
    openToServer(elsewhere);
    run("grant pg_read_server_files to pgtrail_owner");
    try {
      for (Path named : List.of(real, link)) {
        run("select script_tracking.configure('migrations_directory', '" + named + "')");
        for (String kind :
            List.of("absolute", "relative", "within", "nowhere", "ring", "directory")) {
          assertThat(migrate(connection, kind + ".sql", "V1"))
              .as(kind)
              .isEqualTo("FAILED 0 this is a symbolic link, which is not followed");
        }
        assertThat(migrate(connection, "none.sql", "V1")).contains("there is no such file");
      }
      assertThat(migrate(connection, "V1.sql", "V1")).isEqualTo("COMPLETED 1 -");
      run("select script_tracking.configure('migrations_directory', '" + real + "')");
      assertThat(migrate(connection, "V1.sql", "V1")).isEqualTo("SKIPPED 0 -");
    } finally {
      run("revoke pg_read_server_files from pgtrail_owner");
    }
  }

  /** The account of the server need not be that of the tests. */
  private static void openToServer(Path directory) throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void nothingIsShownOrKeptOfAFileThatIsNoSql() throws Exception {
    for (String content :
        List.of(
            "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
            "# hunter2\nhost all all all trust\n",
            "db:5432:*:user:hunter2\n",
            "{\"password\": \"hunter2\"}",
            "hunter2",
            "selection; hunter2",
            "/* hunter2",
            "\\set password hunter2\n")) {
      write("V1.sql", content);

      assertThat(migrate(connection, "V1.sql", "V1"))
          .as(content)
          .startsWith("FAILED 0 the file ")
          .doesNotContain("hunter2", "PRIVATE");
    }
    assertThat(
            value(
                "select string_agg(concat(s), '') from script_tracking.script_execution_s_versions as s"))
        .doesNotContain("hunter2")
        .doesNotContain("PRIVATE");
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s"
                    + " where script_type = 'MIGRATION' and (sql_command is not null or metadata ? 'checksum')"))
        .isEqualTo("0");
  }

  @Test
  void nobodyGetsRightsByIt() throws Exception {
    write("V1.sql", "create table app.t as select * from pgtrail.secret");
    try (Connection session = database.connectAs(deployer)) {
      assertThat(migrate(session, "V1.sql", "V1"))
          .startsWith("FAILED 0 statement 1: permission denied");
    }
    String foreign =
        value(
            "select script_tracking.complete_operation(o, false, 'secret') || ' ' || o"
                + " from script_tracking.track_operation('Other') as o");
    try (Connection session = database.connectAs(deployer)) {
      assertThat(
              Attempt.at(
                      session,
                      "select error_details from pgtrail.end_migration('"
                          + foreign.substring("true ".length())
                          + "', 'FAILED', null, null)")
                  .value())
          .isEmpty();
    }
    Login admin = member("admin", "pgtrail_admin");
    Login visitor = member("visitor", "pgtrail_auditor");
    try (Connection session = database.connectAs(visitor)) {
      assertThat(
              Attempt.at(session, "select script_tracking.run_migration_enterprise('V1.sql', 'V1')")
                  .sqlState())
          .isEqualTo(Attempt.NO_RIGHT);
    }
    String elsewhere = "select script_tracking.configure('migrations_directory', '/etc')";
    try (Connection session = database.connectAs(admin)) {
      assertThat(Attempt.at(session, elsewhere).sqlState()).isEqualTo("PT002");
      run("grant pg_read_server_files to " + admin.user());
      assertThat(Attempt.at(session, elsewhere).sqlState()).isEqualTo(Attempt.DONE);
    }
    for (String path : new String[] {"/", "etc", "", "/etc/", "/etc/../tmp", "/.", "//etc"}) {
      assertThat(
              attempt("select script_tracking.configure('migrations_directory', '" + path + "')")
                  .sqlState())
          .as(path)
          .isEqualTo("PT001");
    }
    run("select script_tracking.configure('migrations_directory', 'none')");
    assertThat(migrate(connection, "V1.sql", "V1"))
        .startsWith("FAILED 0 no directory of migrations is set")
        .contains("script_tracking.configure('migrations_directory'");
    run(
        "select script_tracking.configure('migrations_directory', '" + directory + "')",
        "revoke execute on function pg_stat_file(text, boolean) from pgtrail_owner");
    assertThat(migrate(connection, "V1.sql", "V1")).contains("GRANT EXECUTE ON FUNCTION");
  }

  @Test
  void anOperatorOfSomebodyElseIsNotCalledWithTheRightsOfTheCaller() throws Exception {
    write("V1.sql", "create table app.t (id int)");
    run(
        "create table app.caught (who text)",
        "create function app.same(varchar, varchar) returns boolean language plpgsql as"
            + " 'begin insert into app.caught values (current_user); return true; end'",
        "create operator app.= (function = app.same, leftarg = varchar, rightarg = varchar)",
        "create function app.same(text, text) returns boolean language plpgsql as"
            + " 'begin insert into app.caught values (current_user); return true; end'",
        "create operator app.= (function = app.same, leftarg = text, rightarg = text)",
        "create operator app.<> (function = app.same, leftarg = text, rightarg = text)");
    try (Connection session = database.connect()) {
      Sql.execute(session, "set search_path = app, pg_catalog");

      assertThat(migrate(session, "V1.sql", "V1")).isEqualTo("COMPLETED 1 -");
      assertThat(migrate(session, "none.sql", "V2")).startsWith("FAILED");
    }
    assertThat(value("select count(*) from app.caught")).isEqualTo("0");
  }

  @Test
  void nobodyMakesOthersSkipAVersionWithoutARecord() throws Exception {
    write("V1.sql", "create table app.t (id int)");
    String foreign = value("select script_tracking.track_operation('Other', 'MIGRATION')");
    try (Connection session = database.connectAs(deployer)) {
      for (String operation : new String[] {"null", "'x'", "'" + foreign + "'"}) {
        String claim =
            "select pgtrail.claim_migration('V1', 'V1.sql', sha256('create table app.t (id int)'), "
                + operation
                + ")";
        assertThat(Attempt.at(session, claim).sqlState()).as(operation).isEqualTo("PT006");
      }
      assertThat(migrate(session, "V1.sql", "V1")).isEqualTo("COMPLETED 1 -");
    }
  }

  @Test
  void ofTwoAtOnceTheSecondWaitsAndIsSkippedOrRunsWhenTheFirstIsUndone() throws Exception {
    write("V1.sql", "create table app.one (id int)");
    write("V2.sql", "create table app.two (id int)");

    assertThat(migrateMeanwhile("V1.sql", "commit")).isEqualTo("SKIPPED 0 -");
    assertThat(migrateMeanwhile("V2.sql", "rollback")).isEqualTo("COMPLETED 1 -");
  }

  /** What a second session gets that wants what this one runs in a transaction. */
  private String migrateMeanwhile(String file, String end) throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Connection other = database.connect()) {
      run("begin");
      assertThat(migrate(connection, file, file)).isEqualTo("COMPLETED 1 -");
      int backend = TestDatabase.backendOf(other);
      Future<String> second = thread.submit(() -> migrate(other, file, file));
      Await.until(
          "the second waits for the first",
          () ->
              value(
                      "select exists (select from pg_locks where not granted and pid = "
                          + backend
                          + ")")
                  .equals("t"));
      run(end);
      return second.get();
    } finally {
      thread.shutdown();
    }
  }

  private void write(String name, String script) throws Exception {
    Files.writeString(directory.resolve(name), script);
  }

  /** Status, number of objects and first line of the error. */
  private static String migrate(Connection session, String file, String version) throws Exception {
    try (var statement =
        session.prepareStatement(
            "select concat_ws(' ', migration_status, objects_affected, coalesce(error_details, '-'))"
                + " from script_tracking.run_migration_enterprise(?, ?)")) {
      statement.setString(1, file);
      statement.setString(2, version);
      try (var row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
