package io.pgtrail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.cli.Pgtrail.Result;
import io.pgtrail.connection.ConnectionSettings;
import io.pgtrail.connection.Environment;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoCommandTest {

  private static final Pgtrail PGTRAIL = new Pgtrail(Map.of(), "", Terminal.none());

  @TempDir private Path directory = Path.of("/");

  @Test
  void showsTheTrailOfAShopAndFindsItAgain() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    String[] demo = {"demo", "--no-serve", "--data", directory.resolve("data").toString()};

    Result first = PGTRAIL.run(demo);

    assertThat(first.err()).isEmpty();
    assertThat(first.exitCode()).isZero();
    assertThat(first.out())
        .contains(
            "Create the customers",
            "AUTO_DDL_DROP TABLE",
            "permission denied for",
            "14 demand an email",
            "column \"email\" of relation \"customer\" contains null values",
            "Denied DROP TABLE",
            "Abandoned: its session ended without completing it.",
            "total_operations_24h",
            "system_health_score",
            "row_level_security",
            "ALTER TABLE shop.customer ADD COLUMN email text",
            "4.0.0 → 4.1.0")
        .doesNotContain("psql");
    assertThat(first.out())
        .containsSubsequence(
            "How the bad migration was undone, as pgtrail rollback --preview showed it before:",
            "ALTER TABLE shop.customer ADD COLUMN email text",
            "The newest versions (pgtrail log), the bad migration and its rollback first:");
    assertThat(first.out())
        .containsSubsequence(
            "The dashboard:", "How pgtrail itself is:", "What failed:", "Denied DROP TABLE");
    assertThat(trail(PGTRAIL.run(demo))).isEqualTo(trail(first));
    assertThat(Files.readString(directory.resolve("data/server.json")))
        .doesNotContain(Files.readString(directory.resolve("data/password")).strip());

    Looking server = new Looking();
    Result serving = PGTRAIL.run(server, "demo", "--data", directory.resolve("data").toString());
    assertThat(serving.out()).contains("psql -h 127.0.0.1 -p ");
    assertThat(server.seen).isEqualTo("shop_web, superuser: false, acts as shop_admin: true");
  }

  /** Looks at what it should serve, and lets the demo end. */
  private static final class Looking implements PageServer {

    private String seen = "";

    @Override
    public Serving start(Map<String, String> configuration) {
      Environment environment =
          new Environment(
              Map.of(
                  "PGPASSWORD",
                  configuration.getOrDefault("pgtrail.server.targets.shop.password", "")),
              Path.of("/"),
              "nobody");
      seen =
          Jdbi.create(
                  ConnectionSettings.resolve(
                          configuration.get("pgtrail.server.targets.shop.url"), environment)
                      .dataSource())
              .withHandle(
                  handle ->
                      handle
                          .createQuery(
                              """
                              select format('%s, superuser: %s, acts as %s: %s', r.rolname,
                                  r.rolsuper::text, a.acts_as,
                                  pg_has_role(a.acts_as, 'member')::text)
                              from pg_roles as r, pgtrail.find_account('demo') as a
                              where r.rolname = current_user
                              """)
                          .mapTo(String.class)
                          .one());
      throw new PgtrailException(ErrorCode.UNAVAILABLE, "seen enough", null);
    }

    @Override
    public String hash(String secret) {
      return "hash";
    }

    @Override
    public String newTokenSecret() {
      throw new AssertionError("no token is made here");
    }

    @Override
    public String token(UUID id, String secret) {
      throw new AssertionError("no token is made here");
    }
  }

  private static String trail(Result demo) {
    return demo.out()
        .lines()
        .filter(line -> line.startsWith("20"))
        .reduce("", (lines, line) -> lines + line + "\n");
  }

  @Test
  void refusesAPortThatIsNone() {
    assertThat(PGTRAIL.run("demo", "--no-serve", "--port", "65536").exitCode()).isEqualTo(2);
  }
}
