package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.install.Installer;
import io.pgtrail.reporting.HistoryFilter;
import io.pgtrail.reporting.HistoryTail;
import io.pgtrail.reporting.Operation;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.BlackHole;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Why a database cannot be reached, and what to do about it. */
final class ConnectionFailureTest {

  @RegisterExtension static final TestDatabases DATABASES = TestDatabases.empty();

  @TempDir private Path directory = Path.of("/");

  @Test
  void nobodyListens(TestDatabase database) {
    assertUnreachable(
        Pgtrail.in(database).with("PGPORT", "1"), "No PostgreSQL server listens on 127.0.0.1:1");
  }

  @Test
  void nobodyAnswers(TestDatabase database) throws IOException {
    try (BlackHole hole = BlackHole.open()) {
      assertUnreachable(
          Pgtrail.in(database)
              .with("PGPORT", String.valueOf(hole.port()))
              .with("PGCONNECT_TIMEOUT", "1"),
          "127.0.0.1:" + hole.port() + " does not answer");
    }
  }

  @Test
  void hostIsUnknown(TestDatabase database) {
    assertUnreachable(
        Pgtrail.in(database).with("PGHOST", "db.invalid"),
        "There is no host of the name in db.invalid");
  }

  @Test
  void passwordIsWrong(TestDatabase database) {
    assertUnreachable(
        Pgtrail.in(database).with("PGPASSWORD", "wrong"), "The password for \"postgres\" is wrong");
  }

  @Test
  void passwordIsMissing(TestDatabase database) {
    assertUnreachable(
        Pgtrail.in(database).with("PGPASSWORD", ""), "asks for the password of \"postgres\"");
  }

  @Test
  void databaseIsUnknown(TestDatabase database) {
    assertUnreachable(
        Pgtrail.in(database).with("PGDATABASE", "nix"), "There is no database nix on ");
  }

  @Test
  void serverOffersNoTls(TestDatabase database) {
    assertUnreachable(
        Pgtrail.in(database).with("PGSSLMODE", "require"), "offers no TLS, and sslmode demands it");
  }

  @Test
  void serverDemandsTls() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.builder().inMemory().start()) {
      Login login = new Login(server.jdbcUrl("postgres"), server.user(), server.password());
      try (var connection = login.connect();
          var statement = connection.createStatement()) {
        Files.writeString(
            server.dataDirectory().resolve("pgdata/pg_hba.conf"),
            "hostssl all all all scram-sha-256\n");
        statement.execute("select pg_reload_conf()");
        Await.until("the server demands TLS", () -> !canConnect(login));
      }

      assertUnreachable(Pgtrail.as(login), "admits \"postgres\" over TLS only, or not at all");
    }
  }

  @Test
  void standbyShowsTheTrailAndTakesNoRecords() throws Exception {
    Path data = directory.resolve("data");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (EmbeddedPostgres server = EmbeddedPostgres.builder().dataDirectory(data).start()) {
      Login login = new Login(server.jdbcUrl("postgres"), server.user(), server.password());
      new Installer(login.dataSource()).install();
      try (var connection = login.connect();
          var statement = connection.createStatement()) {
        statement.execute("create table recorded (id int)");
      }
    }
    Files.createFile(data.resolve("pgdata/standby.signal"));
    try (EmbeddedPostgres standby = EmbeddedPostgres.builder().dataDirectory(data).start()) {
      Pgtrail pgtrail =
          Pgtrail.as(new Login(standby.jdbcUrl("postgres"), standby.user(), standby.password()));

      for (String report :
          List.of("history", "errors", "dashboard", "performance", "health", "anomalies")) {
        assertThat(pgtrail.run(report).err()).doesNotContain("pgtrail: ");
      }
      HistoryTail tail =
          new HistoryTail(
              Jdbi.create(
                  new Login(standby.jdbcUrl("postgres"), standby.user(), standby.password())
                      .dataSource()),
              HistoryFilter.all());
      assertThat(readings(tail)).containsExactly(1, 0);
      assertThat(pgtrail.run("doctor").exitCode()).isZero();
      assertThat(pgtrail.run("install").err()).contains("This server is a standby");
      Result run = pgtrail.run("run", "--name", "x", "--", "true");
      assertThat(run.exitCode()).isEqualTo(4);
      assertThat(run.err()).contains("this server is a standby");
    }
  }

  /** How many operations each of two readings gives. */
  private static List<Integer> readings(HistoryTail tail) {
    List<Operation> all = new ArrayList<>();
    tail.read(all::add);
    int first = all.size();
    tail.read(all::add);
    return List.of(first, all.size() - first);
  }

  private static boolean canConnect(Login login) {
    try (var connection = login.connect()) {
      return connection.isValid(1);
    } catch (SQLException refused) {
      return false;
    }
  }

  private static void assertUnreachable(Pgtrail pgtrail, String message) {
    Result result = pgtrail.run("history");

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("pgtrail: ").contains(message, "\n  hint: ");
  }
}
