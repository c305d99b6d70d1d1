package io.pgtrail.cli.demo;

import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.logs.LogFollower;
import io.pgtrail.script.Cancellation;
import io.pgtrail.script.ScriptOutcome;
import io.pgtrail.script.SqlScript;
import io.pgtrail.tracking.OperationEnd;
import io.pgtrail.tracking.OperationStart;
import io.pgtrail.tracking.TrackedOperation;
import io.pgtrail.tracking.Tracker;
import io.pgtrail.versioning.PlannedStep;
import io.pgtrail.versioning.Rollback;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** What happens in the shop. Every statement is executed for real, by the role that would do it. */
final class Workload {

  private static final String OWNER = "shop_owner";
  private static final String APPLICATION = "shop_app";
  private static final String DEVELOPER = "nina";

  static final List<String> ROLES = List.of(OWNER, APPLICATION, DEVELOPER);

  private static final List<String> MIGRATIONS =
      List.of(
          "01_customers",
          "02_catalogue",
          "03_orders",
          "04_stock",
          "05_prices",
          "06_reports",
          "07_addresses",
          "08_visits",
          "09_returns",
          "10_names",
          "11_vouchers",
          "12_own_orders");

  private final Demo demo;
  private final Consumer<String> told;

  Workload(Demo demo, Consumer<String> told) {
    this.demo = demo;
    this.told = told;
  }

  /** Gives the steps that undid the bad migration; none when a former run did. */
  List<PlannedStep> play() {
    if (wasPlayed()) {
      return List.of();
    }
    told.accept("the schema grows through " + MIGRATIONS.size() + " migrations");
    MIGRATIONS.forEach(name -> script("MIGRATION", "migrations/" + name + ".sql"));
    told.accept("data is imported, rights are given");
    script("DATA_IMPORT", "import_products.sql");
    script("PERMISSION", "permissions.sql");
    told.accept("pgtrail migrate runs two more, one of which fails; a developer lacks rights");
    ShopMigrations.run(demo.as(OWNER));
    developer();
    told.accept("indexes are maintained while the application sells");
    application();
    maintenance();
    told.accept("a table is dropped with all that hangs on it");
    script("MIGRATION", "cascade_drop.sql");
    told.accept("an operation dies midway, and is closed as abandoned");
    dieMidway();
    closeAbandoned();
    told.accept("a bad migration drops a view and a column with data, and is rolled back");
    List<PlannedStep> undone = mishap();
    told.accept("what failed and left no trace is read from the server's log");
    readLog();
    return undone;
  }

  private boolean wasPlayed() {
    return Jdbi.create(demo.shop())
        .withHandle(
            handle ->
                handle
                    .createQuery("select to_regnamespace('shop') is not null")
                    .mapTo(Boolean.class)
                    .one());
  }

  /** The first line of a script is a comment that says what it is for. */
  private void script(String type, String file) {
    String text = read(file);
    String name = text.lines().findFirst().orElse(file).replaceFirst("^-- ", "");
    TrailDataSource dataSource = demo.as(OWNER);
    OperationStart start = new OperationStart(name, type, text, file, Map.of());
    try (TrackedOperation operation = new Tracker(dataSource).start(start)) {
      ScriptOutcome outcome =
          new SqlScript(text).execute(dataSource, notice -> {}, new Cancellation());
      operation.complete(
          outcome.fold(
              done -> new OperationEnd(true, null, null, done.rows()),
              failed ->
                  OperationEnd.failure(failed.failure().summary(), failed.failure().sqlState())));
    }
  }

  /** Statements that cannot be in a transaction. */
  private void maintenance() {
    tracked(
        OWNER,
        "Weekly index maintenance",
        "MAINTENANCE",
        List.of(
            "reindex index concurrently shop.purchase_customer",
            "create index concurrently product_name on shop.product (name)",
            "analyze shop.product",
            "refresh materialized view shop.best_customer"));
  }

  private void application() {
    tracked(
        APPLICATION,
        "Order from the web shop",
        "APPLICATION",
        List.of(
            "set script_tracking.app_user = 'erika@example.org'",
            "set shop.customer = '1'",
            "select count(*) from shop.purchase"));
  }

  /** She may look, not drop; the failure is recorded under her name. */
  private void developer() {
    tracked(
        DEVELOPER,
        "Tidy up old tables",
        "MANUAL",
        List.of("drop table shop.purchase_line cascade"));
  }

  private void tracked(String role, String name, String type, List<String> statements) {
    TrailDataSource dataSource = demo.as(role);
    OperationStart start =
        new OperationStart(name, type, String.join(";\n", statements), null, Map.of());
    try (TrackedOperation operation = new Tracker(dataSource).start(start);
        Handle handle = Jdbi.create(dataSource).open()) {
      operation.complete(execute(handle, statements));
    }
  }

  private static OperationEnd execute(Handle handle, List<String> statements) {
    try {
      statements.forEach(handle::execute);
      return OperationEnd.success();
    } catch (JdbiException failure) {
      if (failure.getCause() instanceof SQLException refusal) {
        return OperationEnd.failure(
            String.valueOf(PgtrailException.of(refusal).getMessage()),
            String.valueOf(refusal.getSQLState()));
      }
      throw failure;
    }
  }

  /** Its session is ended by an administrator before it can say how it went. */
  private void dieMidway() {
    try (Handle session = Jdbi.create(demo.as(OWNER)).open()) {
      session.execute(
          "select script_tracking.track_operation('Recalculate all prices', 'MAINTENANCE')");
      long backend = session.createQuery("select pg_backend_pid()").mapTo(Long.class).one();
      Jdbi.create(demo.shop())
          .useHandle(
              admin -> admin.execute("select pg_terminate_backend(?::integer, 5000)", backend));
    }
  }

  private void closeAbandoned() {
    Jdbi.create(demo.shop())
        .useHandle(
            admin -> {
              admin.execute("select script_tracking.configure('abandoned_after', '0')");
              admin.execute("select script_tracking.close_abandoned()");
              admin.execute("select script_tracking.configure('abandoned_after', '1 hour')");
            });
  }

  /** Whoever needs the columns and the view finds out; the rollback loses nothing more. */
  private List<PlannedStep> mishap() {
    Jdbi admin = Jdbi.create(demo.shop());
    Instant before =
        admin.withHandle(
            handle ->
                handle
                    .createQuery("select clock_timestamp()")
                    .mapTo(OffsetDateTime.class)
                    .one()
                    .toInstant());
    script("MIGRATION", "bad_migration.sql");
    Rollback rollback = Rollback.to(admin, before);
    List<PlannedStep> preview = rollback.preview();
    return rollback
        .execute(false)
        .fold(
            undone -> preview,
            refused -> {
              throw new PgtrailException(ErrorCode.ROLLBACK_REFUSED, refused.reason(), null);
            });
  }

  /** The developer was refused long before: it is in the log by now. */
  private void readLog() {
    try (Handle admin = Jdbi.create(demo.shop()).open()) {
      new LogFollower(admin).catchUp();
    }
  }

  private static String read(String file) {
    try (InputStream resource = Workload.class.getResourceAsStream(file)) {
      return new String(
          Objects.requireNonNull(resource, file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
