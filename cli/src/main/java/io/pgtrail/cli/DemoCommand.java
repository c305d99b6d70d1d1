package io.pgtrail.cli;

import io.pgtrail.cli.demo.Demo;
import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.embedded.EmbeddedPostgres;
import io.pgtrail.embedded.EmbeddedPostgresBuilder;
import io.pgtrail.embedded.EmbeddedPostgresException;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryFilter;
import io.pgtrail.reporting.Reports;
import io.pgtrail.versioning.PlannedStep;
import io.pgtrail.versioning.Versions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail demo}: shows what pgtrail does, on a server of its own. */
@Command(
    name = "demo",
    description = "See pgtrail at work on a PostgreSQL server that it starts itself.",
    footer = {
      "",
      "A fictional shop's schema grows through migrations, one of which fails, data is imported, an",
      "operation dies midway, a bad migration is rolled back: then the trail of all that is shown,",
      "the dashboard, the health of pgtrail itself, what failed, the rollback and the versions of",
      "the schema. The server keeps running until Ctrl-C unless --no-serve is given."
    })
final class DemoCommand implements Callable<Integer> {

  private static final int VERSIONS = 12;
  private static final String ACCOUNT = "demo";

  private final PgtrailCommand root;
  private final Optional<PageServer> pages;

  @Option(
      names = "--http-port",
      paramLabel = "N",
      defaultValue = "0",
      description = "TCP port of the pages on 127.0.0.1; default any free one.")
  private int httpPort;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "TCP port on 127.0.0.1; default any free one.")
  private int port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Keep the data there; default is temporary.")
  private @Nullable Path data;

  @Option(names = "--no-serve", description = "Stop the server as soon as the trail was shown.")
  private boolean noServe;

  DemoCommand(PgtrailCommand root, Optional<PageServer> pages) {
    this.root = root;
    this.pages = pages;
  }

  @Override
  @SuppressWarnings("try") // Signals are received as long as they are open.
  public Integer call() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    try (EmbeddedPostgres server = start()) {
      Demo demo = new Demo(server);
      Console console = root.console();
      console.sayNow("PostgreSQL " + server.version() + " runs on port " + server.port());
      console.sayNow("pgtrail " + demo.install() + " is installed in the database shop");
      Demo.Played played = demo.play(step -> console.sayNow("  " + step));
      console.say("The trail of the last " + Durations.text(played.took()) + ", newest first:");
      console.say("");
      showVersions(demo.shop(), played.undone());
      show(demo.shop());
      if (!noServe) {
        console.say("");
        console.say("Look around (the password is in " + server.dataDirectory() + "/password):");
        console.sayNow("  " + demo.psql());
        try (Signals signals = Signals.to(signal -> end.countDown())) {
          serve(demo, end);
        }
      }
      console.flush();
      return 0;
    } catch (EmbeddedPostgresException failure) {
      throw new PgtrailException(
          ErrorCode.UNAVAILABLE, String.valueOf(failure.getMessage()), null, failure);
    }
  }

  /** The pages, where they are at hand, and psql, until somebody ends it. */
  private void serve(Demo demo, CountDownLatch end) throws InterruptedException {
    Console console = root.console();
    if (pages.isEmpty()) {
      console.remark("The server runs until Ctrl-C.");
      end.await();
      return;
    }
    String password = AccountCommand.randomPassword();
    demo.admit(ACCOUNT, pages.get().hash(password));
    Map<String, String> configuration =
        Map.of(
            "quarkus.http.host", "127.0.0.1",
            "quarkus.http.port", Integer.toString(httpPort),
            "pgtrail.server.targets.shop.url", demo.url(),
            "pgtrail.server.targets.shop.password", demo.password());
    try (PageServer.Serving serving = pages.get().start(configuration)) {
      console.say("");
      console.say("The pages: " + serving.address());
      console.say("  sign in as " + ACCOUNT + " with the password " + password);
      console.remark("They are served until Ctrl-C.");
      end.await();
    }
  }

  private EmbeddedPostgres start() {
    if (port < 0 || port > 65535) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT, port + " is no TCP port", "A port is 1 to 65535.");
    }
    EmbeddedPostgresBuilder builder =
        EmbeddedPostgres.builder().inMemory().port(port).collectingLog();
    return Optional.ofNullable(data).map(builder::dataDirectory).orElse(builder).start();
  }

  private void show(TrailDataSource shop) {
    Console console = root.console();
    History history = new History(shop);
    OperationListing.ofHistory(Format.table, console).print(history, HistoryFilter.all());
    Reports reports = new Reports(Jdbi.create(shop));
    heading("The dashboard:");
    DashboardCommand.print(reports, Format.table, console);
    heading("How pgtrail itself is:");
    HealthCommand.print(reports.health(), Format.table, console);
    heading("What failed:");
    OperationListing.ofErrors(Format.table, console)
        .print(history, HistoryFilter.all().withStatus("FAILED"));
  }

  private void showVersions(TrailDataSource shop, List<PlannedStep> undone) {
    Console console = root.console();
    if (!undone.isEmpty()) {
      heading("How the bad migration was undone, as pgtrail rollback --preview showed it before:");
      PlanListing.print(undone, Format.table, console);
      console.say("");
      console.say("The column is back, but empty: versions are of the schema, not of the rows.");
    }
    heading("The newest versions (pgtrail log), the bad migration and its rollback first:");
    ChangeListing.printNewest(new Versions(Jdbi.create(shop)), VERSIONS, console);
  }

  private void heading(String text) {
    root.console().say("");
    root.console().say(text);
    root.console().say("");
  }
}
