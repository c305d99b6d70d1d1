package io.pgtrail.embedded;

import static io.pgtrail.embedded.ServerConnection.execute;
import static io.pgtrail.embedded.ServerConnection.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EmbeddedPostgresTest {

  @TempDir Path directory;

  /** For tests in which no machine crashes: PostgreSQL does not wait for the disk. */
  private static EmbeddedPostgresBuilder hasty() {
    return EmbeddedPostgres.builder().setting("fsync", "off");
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 15, 16, 17, 18})
  void runsEveryMajorVersion(int major) throws Exception {
    EmbeddedPostgres server = hasty().majorVersion(major).inMemory().start();
    Path data = server.dataDirectory();

    String version = query(server, "show server_version");
    String encoding = query(server, "show server_encoding");
    String checksums = query(server, "show data_checksums");
    server.close();

    assertThat(version).startsWith(major + ".");
    assertThat(encoding).isEqualTo("UTF8");
    assertThat(checksums).isEqualTo("on");
    assertThat(server.isRunning()).isFalse();
    assertThat(data).doesNotExist();
  }

  @Test
  void isDurableAndPrivateByDefault() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
      assertThat(query(server, "show fsync")).isEqualTo("on");
      assertThat(query(server, "show synchronous_commit")).isEqualTo("on");
      assertThat(query(server, "show full_page_writes")).isEqualTo("on");
      assertThat(query(server, "show listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(server, "show unix_socket_directories")).isEmpty();
    }
  }

  @Test
  void demandsThePassword() {
    try (EmbeddedPostgres server = hasty().inMemory().start()) {
      assertThatThrownBy(
              () ->
                  DriverManager.getConnection(
                      server.jdbcUrl("postgres"), server.user(), "not " + server.password()))
          .isInstanceOfSatisfying(
              SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("28P01"));
    }
  }

  @Test
  void passesSettingsOn() throws Exception {
    try (EmbeddedPostgres server =
        hasty().inMemory().setting("application_name", "it's \"quoted\" $HOME").start()) {
      assertThat(query(server, "select reset_val from pg_settings where name = 'application_name'"))
          .isIn("it's \"quoted\" $HOME", "PostgreSQL JDBC Driver");
      assertThat(Files.readString(server.dataDirectory().resolve("pgdata/postmaster.opts")))
          .contains("it's \"quoted\" $HOME");
    }
  }

  @Test
  void keepsTheDataThatItIsAskedToKeep() throws Exception {
    String password;
    try (EmbeddedPostgres first = EmbeddedPostgres.builder().dataDirectory(directory).start()) {
      password = first.password();
      execute(first, "create table kept as select 42 as answer");
    }

    try (EmbeddedPostgres second = EmbeddedPostgres.builder().dataDirectory(directory).start()) {
      assertThat(query(second, "select answer from kept")).isEqualTo("42");
      assertThat(second.password()).isEqualTo(password);
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("password"))))
        .isEqualTo("rw-------");
  }

  @Test
  void losesNothingCommittedWhenTheServerIsKilled() throws Exception {
    try (EmbeddedPostgres first = EmbeddedPostgres.builder().dataDirectory(directory).start()) {
      execute(first, "create table kept as select 42 as answer");
      ProcessHandle.of(first.processId()).orElseThrow().destroyForcibly();
      Eventually.holds("the server is gone", () -> !first.isRunning());
    }

    try (EmbeddedPostgres second = EmbeddedPostgres.builder().dataDirectory(directory).start()) {
      assertThat(query(second, "select answer from kept")).isEqualTo("42");
    }
  }

  @Test
  void runsBesideOthers() throws Exception {
    try (EmbeddedPostgres one = hasty().inMemory().start();
        EmbeddedPostgres other = hasty().majorVersion(14).inMemory().start()) {
      assertThat(query(one, "show port")).isEqualTo(Integer.toString(one.port()));
      assertThat(query(other, "show port")).isEqualTo(Integer.toString(other.port()));
      assertThat(one.port()).isNotEqualTo(other.port());
    }
  }

  @Test
  void closesTwiceWithoutHarm() {
    EmbeddedPostgres server = hasty().inMemory().start();

    server.close();
    server.close();

    assertThat(server.isRunning()).isFalse();
  }

  @Test
  void endsWithTheProgramThatIsKilled() throws IOException {
    try (OtherProgram program = OtherProgram.start()) {
      program.kill();

      Eventually.ends(program.serverProcessId());
      Eventually.holds("the data is deleted", () -> !Files.exists(program.dataDirectory()));
    }
  }

  @Test
  void endsWithTheProgramThatIsTerminated() throws IOException {
    try (OtherProgram program = OtherProgram.start()) {
      program.terminate();

      assertThat(ProcessHandle.of(program.serverProcessId())).isEmpty();
      assertThat(program.dataDirectory()).doesNotExist();
    }
  }

  @Test
  void takesOverTheDataOfAProgramThatIsKilled() throws Exception {
    try (OtherProgram program = OtherProgram.start(directory.toString())) {
      program.kill();

      try (EmbeddedPostgres server = hasty().dataDirectory(directory).start()) {
        assertThat(query(server, "select 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void refusesDataThatIsInUse() throws IOException {
    try (OtherProgram program = OtherProgram.start(directory.toString())) {
      assertThatThrownBy(() -> hasty().dataDirectory(directory).start())
          .isInstanceOf(EmbeddedPostgresException.class)
          .hasMessageContaining(
              "in use by a running server (process %d)", program.serverProcessId());
    }
  }

  @Test
  void refusesDataThatThisProgramUses() {
    try (EmbeddedPostgres server = hasty().dataDirectory(directory).start()) {
      assertThatThrownBy(() -> hasty().dataDirectory(directory).start())
          .isInstanceOf(EmbeddedPostgresException.class)
          .hasMessageContaining("in use by a running server (process %d)", server.processId());
    }
  }

  @Test
  void refusesDataOfAnotherMajorVersion() {
    hasty().majorVersion(16).dataDirectory(directory).start().close();

    assertThatThrownBy(() -> hasty().majorVersion(17).dataDirectory(directory).start())
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("belongs to PostgreSQL 16 and cannot be opened by 17");
  }

  @Test
  void refusesAVersionThatIsNotThere() {
    assertThatThrownBy(() -> hasty().majorVersion(9).start())
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("available: [14, 15, 16, 17, 18]");
  }

  @Test
  void refusesADirectoryOfSomethingElse() throws IOException {
    Files.writeString(directory.resolve("thesis.txt"), "mine");

    assertThatThrownBy(() -> hasty().dataDirectory(directory).start())
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("is not empty");
    assertThat(directory).isDirectoryContaining(file -> file.endsWith("thesis.txt"));
    assertThat(Directories.names(directory)).containsExactly("thesis.txt");
  }

  @Test
  void refusesTheDataOfAServerThatIsNotOurs() throws IOException {
    Files.writeString(directory.resolve("PG_VERSION"), "18\n");

    assertThatThrownBy(() -> hasty().dataDirectory(directory).start())
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("pgtrail did not create");
  }

  @Test
  void refusesAFileInPlaceOfADirectory() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> hasty().dataDirectory(file).start())
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("is not a directory");
  }

  @Test
  void refusesDataWhosePasswordIsMissing() throws IOException {
    hasty().dataDirectory(directory).start().close();
    Files.delete(directory.resolve("password"));

    assertThatThrownBy(() -> hasty().dataDirectory(directory).start())
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("password");
  }

  @Test
  void refusesAPortThatIsTaken() throws IOException {
    try (ServerSocket socket =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      assertThatThrownBy(() -> hasty().inMemory().port(socket.getLocalPort()).start())
          .isInstanceOf(EmbeddedPostgresException.class)
          .hasMessageContaining("cannot listen on port %d", socket.getLocalPort())
          .hasMessageContaining("Address already in use");
    }
  }

  @Test
  void showsTheLogOfAServerThatDoesNotStart() {
    assertThatThrownBy(() -> hasty().inMemory().setting("work_mem", "plenty").start())
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("did not start")
        .hasMessageContaining("invalid value for parameter \"work_mem\"");
  }

  @Test
  void forgetsAnInterruptedCreationOfData() throws Exception {
    Files.createDirectories(directory.resolve("pgdata.new-1/base"));
    Files.writeString(directory.resolve("pgdata.new-1/PG_VERSION"), "18\n");

    try (EmbeddedPostgres server = hasty().dataDirectory(directory).start()) {
      assertThat(query(server, "select 1")).isEqualTo("1");
      assertThat(directory.resolve("pgdata.new-1")).doesNotExist();
    }
  }

  @Test
  void escapesDatabaseNamesInUrls() throws Exception {
    try (EmbeddedPostgres server = hasty().inMemory().start()) {
      execute(server, "create database \"a b?c/d+é\"");

      try (var connection =
          DriverManager.getConnection(
              server.jdbcUrl("a b?c/d+é"), server.user(), server.password())) {
        assertThat(connection.getCatalog()).isEqualTo("a b?c/d+é");
      }
    }
  }
}
