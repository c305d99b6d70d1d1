package io.pgtrail.embedded;

import static io.pgtrail.embedded.ServerConnection.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import io.pgtrail.embedded.ServerAccount.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Root cannot run PostgreSQL itself; these tests need root to show what it does instead. */
final class ServerAccountTest {

  @TempDir Path directory;

  @BeforeEach
  void openDirectoryToAll() throws IOException {
    assumeTrue(new UnixSystem().getUid() == 0, "only root can become others");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void rootRunsTheServerInAUserNamespaceOrAsNobody() {
    ServerAccount account = ServerAccount.forDirectory(directory);

    assertThat(account.prefix().get(0)).isIn("unshare", "setpriv");
  }

  @Test
  void rootRunsTheServerAsNobodyWhereUserNamespacesAreForbidden() throws Exception {
    Path data = directory.resolve("data");
    ServerAccount nobody = ServerAccount.nobody();
    Owner owner = Objects.requireNonNull(nobody.owner());

    try (EmbeddedPostgres server =
        EmbeddedPostgres.builder().dataDirectory(data).account(nobody).start()) {
      assertThat(query(server, "select 1")).isEqualTo("1");
      assertThat(Files.getAttribute(data.resolve("pgdata"), "unix:uid")).isEqualTo(owner.user());
    }
  }

  @Test
  void rootLeavesADirectoryToItsOwner() throws Exception {
    Path data = Files.createDirectory(directory.resolve("data"));
    ServerAccount.nobody().own(data);

    try (EmbeddedPostgres server = EmbeddedPostgres.builder().dataDirectory(data).start()) {
      assertThat(query(server, "select 1")).isEqualTo("1");
      assertThat(Files.getAttribute(data.resolve("pgdata"), "unix:uid"))
          .isEqualTo(Files.getAttribute(data, "unix:uid"));
    }
  }

  @Test
  void saysThatTheServerCannotReachItsDirectory() throws IOException {
    Path closed = Files.createDirectory(directory.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));

    assertThatThrownBy(
            () ->
                EmbeddedPostgres.builder()
                    .dataDirectory(closed.resolve("data"))
                    .account(ServerAccount.nobody())
                    .start())
        .isInstanceOf(EmbeddedPostgresException.class)
        .hasMessageContaining("cannot reach " + closed.resolve("data"));
  }

  @Test
  void plainUsersRunTheServerThemselves() throws Exception {
    Path home = Files.createDirectory(directory.resolve("home"));
    ServerAccount nobody = ServerAccount.nobody();
    nobody.own(home);
    String classPath = OtherProgram.copyClassPath(directory);
    assumeTrue(
        Program.run(
                directory,
                nobody.command(List.of(System.getProperty("java.home") + "/bin/java", "-version")))
            .succeeded(),
        "the JDK is private to root");

    try (OtherProgram program =
        OtherProgram.start(
            nobody.prefix(),
            classPath,
            Map.of("XDG_CACHE_HOME", home.resolve("cache").toString()),
            home.resolve("data").toString())) {
      assertThat(program.port()).isPositive();
      assertThat(home.resolve("cache/pgtrail/postgresql")).isNotEmptyDirectory();
      program.terminate();
      Eventually.ends(program.serverProcessId());
    }
  }
}
