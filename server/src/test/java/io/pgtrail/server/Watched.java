package io.pgtrail.server;

import io.pgtrail.accounts.AccountAdministration;
import io.pgtrail.connection.ConnectionSettings;
import io.pgtrail.connection.Environment;
import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.embedded.EmbeddedPostgresBuilder;
import io.pgtrail.install.Installer;
import io.pgtrail.server.security.ApiToken;
import io.pgtrail.testkit.Await;
import io.pgtrail.testkit.BlackHole;
import io.quarkus.elytron.security.common.BcryptUtil;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * What the tested server watches: the database shop with a history, one that is down, and one that
 * is stuck: it takes connections and says nothing.
 *
 * <p>The history: tenants acme and bolt with an operation each, one of the system that failed, and
 * a table that was created and altered.
 */
public final class Watched implements QuarkusTestResourceLifecycleManager {

  static final String SIGN_INS_PER_MINUTE = "sign-ins-per-minute";
  static final String PASSWORD = "right horse battery";

  /** Shorter than the pause between two looks at the tasks, so that each look finds them due. */
  static final String TASKS_EVERY = "500ms";

  private static final String HISTORY =
      """
      create role shop_admin;
      grant pgtrail_admin to shop_admin;
      create role shop_operator;
      grant pgtrail_writer, pgtrail_reader to shop_operator;
      create role acme_reader;
      grant pgtrail_reader to acme_reader;
      select script_tracking.create_tenant('acme'), script_tracking.create_tenant('bolt');
      select script_tracking.grant_tenant('acme', 'acme_reader'),
          script_tracking.grant_tenant('acme', session_user::text),
          script_tracking.grant_tenant('bolt', session_user::text);
      create role pgtrail_web login password 'password of the server';
      grant pgtrail_server, pgtrail_auditor, shop_admin, shop_operator, acme_reader, pgtrail_reader to pgtrail_web;
      create schema app authorization shop_admin;
      create table app.customer (id bigint primary key, name text);
      alter table app.customer owner to shop_admin;
      insert into app.customer values (1, 'first');
      alter table app.customer add column mail text;
      create view app.customer_name as select name from app.customer;
      comment on table app.customer is '<script>alert("comment")</script>';
      """;

  private static final String OPERATIONS =
      """
      select set_config('script_tracking.tenant', 'acme', false);
      select script_tracking.complete_operation(
          script_tracking.track_operation('Import of acme', 'DATA_IMPORT'), true);
      select set_config('script_tracking.tenant', 'bolt', false);
      select script_tracking.complete_operation(
          script_tracking.track_operation('Import of bolt', 'DATA_IMPORT'), true);
      select set_config('script_tracking.tenant', '', false);
      select script_tracking.complete_operation(
          script_tracking.track_operation('Backup <img src=x onerror=alert(1)>', 'BACKUP'), false,
          'disk full </pre><script>alert("error")</script>');
      """;

  @SuppressWarnings("NullAway.Init")
  private static Path directory;

  @SuppressWarnings("NullAway.Init")
  private static EmbeddedPostgres postgres;

  @SuppressWarnings("NullAway.Init")
  private static BlackHole stuck;

  private String signInsPerMinute = "100000";

  @Override
  public void init(Map<String, String> arguments) {
    signInsPerMinute = arguments.getOrDefault(SIGN_INS_PER_MINUTE, signInsPerMinute);
  }

  @Override
  public Map<String, String> start() {
    directory = newDirectory();
    postgres = server().start();
    stuck = openBlackHole();
    Jdbi shop = shop();
    new Installer(settings().dataSource()).install();
    shop.useHandle(
        handle -> {
          for (String statement : (HISTORY + OPERATIONS).strip().split(";\\n", -1)) {
            handle.execute(statement);
          }
        });
    AccountAdministration accounts = new AccountAdministration(shop);
    for (Map.Entry<String, String> account :
        Map.of(
                "admin", "shop_admin",
                "auditor", "pgtrail_auditor",
                "operator", "shop_operator",
                "acme", "acme_reader")
            .entrySet()) {
      // As cheap as can be: nearly every test signs in.
      accounts.create(account.getKey(), account.getValue(), BcryptUtil.bcryptHash(PASSWORD, 4));
    }
    Map<String, String> configuration = new HashMap<>();
    configuration.put("pgtrail.server.targets.shop.url", url("pgtrail_web"));
    configuration.put("pgtrail.server.targets.shop.password", "password of the server");
    configuration.put("pgtrail.server.targets.shop.labels.environment", "test");
    configuration.put("pgtrail.server.targets.down.url", "postgresql://nobody@127.0.0.1:1/nowhere");
    configuration.put(
        "pgtrail.server.targets.stuck.url",
        "postgresql://nobody@127.0.0.1:%d/nowhere".formatted(stuck.port()));
    configuration.put("pgtrail.server.accounts", "shop");
    // So that nobody waits long; and the tests are at home on this machine.
    configuration.put("pgtrail.server.tasks.alerts", TASKS_EVERY);
    configuration.put("pgtrail.server.tasks.webhooks", TASKS_EVERY);
    configuration.put("pgtrail.server.tasks.logs", TASKS_EVERY);
    configuration.put("pgtrail.server.webhooks.hosts", "*");
    configuration.put("pgtrail.server.webhooks.networks", "127.0.0.1/32");
    configuration.put("pgtrail.server.webhooks.first-pause", "10ms");
    configuration.put("pgtrail.server.webhooks.attempts", "3");
    configuration.put("pgtrail.server.webhooks.timeout", "2s");
    // All tests come from one address.
    configuration.put("pgtrail.server.limits.sign-ins-per-minute", signInsPerMinute);
    return configuration;
  }

  /** Its log could be read, once it is set up. */
  private static EmbeddedPostgresBuilder server() {
    return EmbeddedPostgres.builder()
        .dataDirectory(directory)
        .setting("logging_collector", "on")
        // It forgets nothing when the server is killed; that the machine is, no test does.
        .setting("fsync", "off");
  }

  private static String url(String role) {
    return "postgresql://%s@127.0.0.1:%d/postgres".formatted(role, postgres.port());
  }

  private static ConnectionSettings settings() {
    return ConnectionSettings.resolve(
        url(postgres.user()),
        new Environment(Map.of("PGPASSWORD", postgres.password()), Path.of("/"), postgres.user()));
  }

  /** The database shop as the role of the server of pages. */
  static Connection asTheServer() throws SQLException {
    return DriverManager.getConnection(
        postgres.jdbcUrl("postgres"), "pgtrail_web", "password of the server");
  }

  /** The database shop as its superuser. */
  static Jdbi shop() {
    return Jdbi.create(dataSource());
  }

  /** The same. */
  static DataSource dataSource() {
    return settings().dataSource();
  }

  /** Kills the database server in whatever it does and starts it again in the same place. */
  static void killAndRestart() {
    int port = postgres.port();
    ProcessHandle process = ProcessHandle.of(postgres.processId()).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
    postgres.close();
    postgres = server().port(port).start();
  }

  private static Path newDirectory() {
    try {
      return Files.createTempDirectory("pgtrail-watched");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static BlackHole openBlackHole() {
    try {
      return BlackHole.open();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A new token of an account. */
  static ApiToken token(String account) {
    String secret = ApiToken.newSecret();
    UUID id =
        new AccountAdministration(shop())
            .createToken(account, "of a test", BcryptUtil.bcryptHash(secret, 4), Optional.empty());
    return new ApiToken(id, secret);
  }

  /** The first column of the first row of a query, as the superuser. */
  static @Nullable String value(String query) {
    return shop().withHandle(handle -> handle.createQuery(query).mapTo(String.class).first());
  }

  /** Waits until a query says so. */
  static void await(String query) throws Exception {
    shop()
        .useHandle(
            handle ->
                Await.until(
                    query,
                    () -> "true".equals(handle.createQuery(query).mapTo(String.class).first())));
  }

  /** Just before an object changed last, as it stands in addresses. */
  static String beforeTheChangeOf(String object) {
    return shop()
        .withHandle(
            handle ->
                handle
                    .createQuery(
                        "select to_char((max(change_timestamp) - interval '1 microsecond') at time"
                            + " zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                            + " from pggit.history where full_name = :object")
                    .bind("object", object)
                    .mapTo(String.class)
                    .one());
  }

  @Override
  public void stop() {
    postgres.close();
    try (Stream<Path> files = Files.walk(directory)) {
      stuck.close();
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
