package io.pgtrail.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("one-major")
final class ConnectionSettingsTest {

  @TempDir private Path home = Path.of("/");

  @ParameterizedTest
  @CsvSource({
    "postgresql://alice@db.example:5433/shop, alice@db.example:5433/shop",
    "postgres://alice@db.example/shop, alice@db.example:5432/shop",
    "jdbc:postgresql://db.example:5433/shop?user=alice, alice@db.example:5433/shop",
    "jdbc:postgresql:shop, me@localhost:5432/shop",
    "postgresql:///shop, me@localhost:5432/shop",
    "postgresql://db.example, me@db.example:5432/me",
    "postgresql://[::1]:5433/shop, me@[::1]:5433/shop",
    "'postgresql://a:1,b:2/shop', 'me@a:1,b:2/shop'",
    "postgresql://al%40ice@localhost/my%20shop, al@ice@localhost:5432/my shop",
  })
  void understandsUrlsOfBothKinds(String url, String meaning) {
    assertThat(resolve(url, Map.of())).hasToString(meaning);
  }

  @Test
  void readsTheVariablesOfLibpq() {
    ConnectionSettings settings =
        ConnectionSettings.resolve(
            null,
            environment(
                Map.of(
                    "PGHOST",
                    "db.example",
                    "PGPORT",
                    "5433",
                    "PGDATABASE",
                    "shop",
                    "PGUSER",
                    "alice",
                    "PGPASSWORD",
                    "secret",
                    "PGSSLMODE",
                    "require",
                    "PGAPPNAME",
                    "nightly")));

    TrailDataSource dataSource = settings.dataSource();
    assertThat(settings).hasToString("alice@db.example:5433/shop");
    assertThat(dataSource.getPassword()).isEqualTo("secret");
    assertThat(dataSource.getSslmode()).isEqualTo("require");
    assertThat(dataSource.getApplicationName()).isEqualTo("nightly");
  }

  @Test
  void urlGoesBeforeServiceAndServiceBeforeVariables() throws IOException {
    Files.writeString(
        home.resolve(".pg_service.conf"),
        """
        # services
        [other]
        host=other.example
        [shop]
        host=service.example
        port=6000
        user=service
        """);

    ConnectionSettings settings =
        ConnectionSettings.resolve(
            "postgresql://url@/?service=shop",
            environment(Map.of("PGPORT", "7000", "PGDATABASE", "variable")));

    assertThat(settings).hasToString("url@service.example:6000/variable");
  }

  @Test
  void refusesAnUnknownService() {
    assertThatThrownBy(
            () -> ConnectionSettings.resolve(null, environment(Map.of("PGSERVICE", "x"))))
        .isInstanceOf(PgtrailException.class)
        .hasMessage("There is no definition of the service x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://alice:secret@localhost/shop",
        "postgresql://localhost/shop?password=secret",
        "jdbc:postgresql://localhost/shop?user=alice&password=secret",
        "jdbc:postgresql://alice:secret@localhost/shop",
      })
  void refusesAPasswordInTheUrlWithoutRepeatingIt(String url) {
    assertThatThrownBy(() -> resolve(url, Map.of()))
        .isInstanceOfSatisfying(
            PgtrailException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
              assertThat(refusal.hint())
                  .hasValueSatisfying(hint -> assertThat(hint).contains("PGPASSWORD"));
              assertThat(refusal).hasMessageNotContaining("secret");
            });
  }

  @Test
  void refusesUnknownParametersAndSchemes() {
    assertThatThrownBy(() -> resolve("mysql://localhost/shop", Map.of()))
        .isInstanceOf(PgtrailException.class);
    assertThatThrownBy(
            () -> resolve("postgresql://localhost/shop?ssImode=x", Map.of()).dataSource())
        .isInstanceOf(PgtrailException.class)
        .hasMessage("There is no connection parameter ssImode");
  }

  @Test
  void refusesTheDirectoryOfAUnixSocket() {
    assertThatThrownBy(
            () -> ConnectionSettings.resolve(null, environment(Map.of("PGHOST", "/tmp"))))
        .isInstanceOf(PgtrailException.class)
        .hasMessageContaining("Unix socket");
  }

  @Test
  void takesThePasswordFromTheFirstLineThatFits() throws IOException {
    passwordFile(
        """
        # comment:5432:shop:alice:no
        other:5432:shop:alice:no
        db.example:5432:my\\:shop:al\\\\ice:col\\:on\\\\slash
        *:*:*:*:last
        """,
        "rw-------");

    assertThat(password("postgresql://al%5Cice@db.example/my:shop")).isEqualTo("col:on\\slash");
    assertThat(password("postgresql://bob@db.example/x")).isEqualTo("last");
  }

  @Test
  void refusesAPasswordFileThatOthersMayRead() throws IOException {
    passwordFile("*:*:*:*:secret", "rw-r-----");

    ConnectionSettings settings = resolve("postgresql://alice@localhost/shop", Map.of());

    assertThat(settings.hasPassword()).isFalse();
    assertThat(settings.dataSource().getPassword()).isEmpty();
    assertThat(settings.warnings()).singleElement().asString().contains("chmod 600");
  }

  @Test
  void givenPasswordGoesBeforeThePasswordFile() throws IOException {
    passwordFile("*:*:*:*:file", "rw-------");

    ConnectionSettings settings =
        resolve("postgresql://alice@localhost/shop", Map.of("PGPASSWORD", "given"));

    assertThat(settings.dataSource().getPassword()).isEqualTo("given");
  }

  private String password(String url) {
    return String.valueOf(resolve(url, Map.of()).dataSource().getPassword());
  }

  private void passwordFile(String lines, String permissions) throws IOException {
    Path file = Files.writeString(home.resolve(".pgpass"), lines);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private ConnectionSettings resolve(String url, Map<String, String> variables) {
    return ConnectionSettings.resolve(url, environment(variables));
  }

  private Environment environment(Map<String, String> variables) {
    return new Environment(variables, home, "me");
  }
}
