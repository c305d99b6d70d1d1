package io.pgtrail.cli;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code pgtrail serve}: pages, REST and metrics. */
@Command(
    name = "serve",
    description = "Serve pages, REST and metrics of one or many databases.",
    footer = {
      "",
      "Without --target it serves the database that --url and the environment name. Accounts are",
      "kept in a target, too: pgtrail account create. What can be configured, in files and by the",
      "environment, is in docs/how-to/serve.md.",
      "",
      "Examples:",
      "  pgtrail --url postgresql://pgtrail@db.example/shop serve",
      "  pgtrail serve --port 9090 --target shop=postgresql://pgtrail@db1/shop \\",
      "      --target stock=postgresql://pgtrail@db2/stock --accounts shop"
    })
final class ServeCommand implements Callable<Integer> {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,63}");

  private final PgtrailCommand root;
  private final PageServer server;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on; default this machine only.")
  private @Nullable String host;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "TCP port, 0 for any free one; default 8080.")
  private @Nullable Integer port;

  @Option(
      names = "--target",
      paramLabel = "NAME=URL",
      description = "A database to serve, and what to call it; may be repeated.")
  private Map<String, String> targets = new LinkedHashMap<>();

  @Option(
      names = "--accounts",
      paramLabel = "NAME",
      description = "The target that keeps the accounts; needed when there are several.")
  private @Nullable String accounts;

  ServeCommand(PgtrailCommand root, PageServer server) {
    this.root = root;
    this.server = server;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (port != null && (port < 0 || port > 65535)) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT, port + " is no TCP port", "A port is 0 to 65535.");
    }
    Map<String, String> configuration = new LinkedHashMap<>();
    // Only what is given: the rest may stand in files and the environment.
    put(configuration, "quarkus.http.host", host);
    put(configuration, "quarkus.http.port", port);
    put(configuration, "pgtrail.server.accounts", accounts);
    targets()
        .forEach((name, url) -> configuration.put("pgtrail.server.targets." + name + ".url", url));
    try (PageServer.Serving serving = server.start(configuration)) {
      root.console().say("pgtrail serves at " + serving.address());
      root.console().flush();
      serving.await();
    }
    return 0;
  }

  private static void put(Map<String, String> configuration, String name, @Nullable Object value) {
    if (value != null) {
      configuration.put(name, value.toString());
    }
  }

  private Map<String, String> targets() {
    for (String name : targets.keySet()) {
      if (!NAME.matcher(name).matches()) {
        throw new PgtrailException(
            ErrorCode.INVALID_ARGUMENT,
            "'" + name + "' is no name of a target",
            "Letters, digits, - and _, 63 at most.");
      }
    }
    @Nullable String url = root.url();
    if (targets.isEmpty()
        && (url != null || root.environment().variable("PGDATABASE").isPresent())) {
      String database = root.dataSource().settings().database();
      return Map.of(
          NAME.matcher(database).matches() ? database : "database",
          url == null ? "postgresql:///" + database : url);
    }
    return targets;
  }
}
