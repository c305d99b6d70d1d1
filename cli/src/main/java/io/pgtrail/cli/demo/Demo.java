package io.pgtrail.cli.demo;

import io.pgtrail.accounts.AccountAdministration;
import io.pgtrail.connection.ConnectionSettings;
import io.pgtrail.connection.Environment;
import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.install.Installer;
import io.pgtrail.logs.LogSetup;
import io.pgtrail.versioning.PlannedStep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/** The shop on a server of its own: its database, its roles, and what happens in it. */
public final class Demo {

  private static final String DATABASE = "shop";

  /** What the server of the pages logs in as. */
  private static final String WEB = "shop_web";

  private final EmbeddedPostgres server;

  public Demo(EmbeddedPostgres server) {
    this.server = server;
  }

  /**
   * Creates the database and its roles, unless a former run did, and installs pgtrail.
   *
   * @return the version of pgtrail
   */
  public String install() {
    Jdbi.create(as(server.user(), server.user()))
        .useHandle(
            handle -> {
              // A former run may have left it on: the statements below have the password.
              handle.execute("set log_statement = none");
              // The password is long and random: many rounds would only slow down each login.
              handle.execute("set scram_iterations = 1");
              handle.execute(
                  "alter role %s password '%s'".formatted(server.user(), server.password()));
              for (String role : Workload.ROLES) {
                handle.execute(
                    """
                    do $$
                    begin
                        if to_regrole('%1$s') is null then
                            create role %1$s login password '%2$s';
                        end if;
                    end
                    $$
                    """
                        .formatted(role, server.password()));
              }
              if (handle
                  .select("select from pg_database where datname = ?", DATABASE)
                  .mapToMap()
                  .list()
                  .isEmpty()) {
                handle.execute("create database shop owner shop_owner");
              }
            });
    String version = new Installer(shop()).install().version();
    new LogSetup(Jdbi.create(shop())).apply();
    return version;
  }

  /**
   * Plays the life of the shop, unless a former run did, and brings the rollups up to date.
   *
   * @param told hears of each step
   * @return how long it took, and what undid the bad migration
   */
  public Played play(Consumer<String> told) {
    long begin = System.nanoTime();
    List<PlannedStep> undone = new Workload(this, told).play();
    Jdbi.create(shop())
        .useHandle(handle -> handle.execute("select script_tracking.refresh_rollups()"));
    return new Played(Duration.ofNanos(System.nanoTime() - begin), undone);
  }

  /**
   * What happened in the shop.
   *
   * @param undone the rollback of a bad migration; no steps when a former run did it
   */
  public record Played(Duration took, List<PlannedStep> undone) {

    public Played {
      undone = List.copyOf(undone);
    }
  }

  /** The shop's database as the superuser. */
  public TrailDataSource shop() {
    return as(server.user());
  }

  /** The shop's database as one of its roles. */
  TrailDataSource as(String role) {
    return as(role, DATABASE);
  }

  private TrailDataSource as(String role, String database) {
    Environment environment =
        new Environment(
            Map.of("PGUSER", role, "PGPASSWORD", server.password()), server.dataDirectory(), role);
    return ConnectionSettings.resolve(server.jdbcUrl(database), environment).dataSource();
  }

  /**
   * Lets somebody sign in to the pages, with all rights in the shop.
   *
   * @param passwordHash as the server hashes it
   */
  public void admit(String account, String passwordHash) {
    Jdbi shop = Jdbi.create(shop());
    shop.useHandle(
        handle ->
            handle.execute(
                """
                do $$
                begin
                    if to_regrole('shop_admin') is null then
                        create role shop_admin;
                        grant pgtrail_admin, shop_owner to shop_admin;
                        create role %1$s login password '%2$s';
                        grant pgtrail_server, pgtrail_auditor, shop_admin to %1$s;
                    end if;
                end
                $$
                """
                    .formatted(WEB, server.password())));
    AccountAdministration accounts = new AccountAdministration(shop);
    if (accounts.all().stream().anyMatch(known -> known.name().equals(account))) {
      accounts.setPassword(account, passwordHash);
    } else {
      accounts.create(account, "shop_admin", passwordHash);
    }
  }

  /** The shop's database, for the server of the pages. */
  public String url() {
    return "postgresql://" + WEB + "@127.0.0.1:" + server.port() + "/" + DATABASE;
  }

  /** Password of all roles that log in to the shop. */
  public String password() {
    return server.password();
  }

  /** What to type to look around with psql. */
  public String psql() {
    return "PGPASSWORD=$(cat "
        + server.dataDirectory()
        + "/password) psql -h 127.0.0.1 -p "
        + server.port()
        + " -U "
        + server.user()
        + " "
        + DATABASE;
  }
}
