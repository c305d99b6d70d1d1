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
      "kept in the first target by name: pgtrail account create. What can be configured, in files",
      "and by the environment, is in docs/how-to/serve.md.",
      "",
      "Examples:",
      "  pgtrail --url postgresql://pgtrail@db.example/shop serve",
      "  pgtrail serve --port 9090 --target shop=postgresql://pgtrail@db1/shop \\",
      "      --target stock=postgresql://pgtrail@db2/stock"
    })
final class ServeCommand implements Callable<Integer> {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,63}");

  private final PgtrailCommand root;
  private final PageServer server;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address to listen on; default this machine only.")
  private String host = "";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "TCP port, 0 for any free one; default ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--target",
      paramLabel = "NAME=URL",
      description = "A database to serve, and what to call it; may be repeated.")
  private Map<String, String> targets = new LinkedHashMap<>();

  ServeCommand(PgtrailCommand root, PageServer server) {
    this.root = root;
    this.server = server;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65535) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT, port + " is no TCP port", "A port is 0 to 65535.");
    }
    Map<String, String> configuration = new LinkedHashMap<>();
    configuration.put("quarkus.http.host", host);
    configuration.put("quarkus.http.port", Integer.toString(port));
    targets()
        .forEach((name, url) -> configuration.put("pgtrail.server.targets." + name + ".url", url));
    try (PageServer.Serving serving = server.start(configuration)) {
      root.console().say("pgtrail serves at " + serving.address());
      root.console().flush();
      serving.await();
    }
    return 0;
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
