package io.pgtrail.connection;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to reach one database. Its text never shows the password.
 *
 * <p>As in libpq a URL goes before the service that it or {@code PGSERVICE} names, that before the
 * environment variables, and these before the defaults.
 */
public final class ConnectionSettings {

  private static final int CONNECT_TIMEOUT_SECONDS = 10;
  private static final Set<String> NOT_FOR_THE_DRIVER =
      Set.of("host", "port", "dbname", "service", "passfile");

  private final Map<String, String> parameters;
  private final List<String> warnings;

  private ConnectionSettings(Map<String, String> parameters, List<String> warnings) {
    this.parameters = Map.copyOf(parameters);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Puts together what the URL says and what libpq would read.
   *
   * @param url {@code postgresql://…} or {@code jdbc:postgresql:…}; NULL when none is given
   * @throws PgtrailException {@code INVALID_ARGUMENT} for a URL that cannot be understood or holds
   *     a password, and for an unknown service
   */
  public static ConnectionSettings resolve(@Nullable String url, Environment environment) {
    try {
      return resolving(url, environment);
    } catch (IOException failure) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "A connection file cannot be read: " + failure.getMessage(),
          null,
          failure);
    }
  }

  private static ConnectionSettings resolving(@Nullable String url, Environment environment)
      throws IOException {
    Map<String, String> parameters =
        new LinkedHashMap<>(url == null ? Map.of() : ConnectionUrl.parse(url));
    Optional<String> service =
        Optional.ofNullable(parameters.get("service")).or(() -> environment.variable("PGSERVICE"));
    if (service.isPresent()) {
      service(service.get(), environment).forEach(parameters::putIfAbsent);
    }
    for (Parameter parameter : Parameter.values()) {
      environment
          .variable(parameter.variable())
          .ifPresent(value -> parameters.putIfAbsent(parameter.keyword(), value));
    }
    parameters.putIfAbsent("user", environment.userName());
    parameters.putIfAbsent("dbname", parameters.getOrDefault("user", ""));
    parameters.putIfAbsent("host", "localhost");
    parameters.putIfAbsent("port", "5432");
    parameters.putIfAbsent("application_name", "pgtrail");
    parameters.putIfAbsent("connect_timeout", String.valueOf(CONNECT_TIMEOUT_SECONDS));
    refuseSocketDirectory(parameters.getOrDefault("host", ""));
    return withPassword(parameters, environment);
  }

  private static Map<String, String> service(String name, Environment environment)
      throws IOException {
    Path own =
        environment
            .variable("PGSERVICEFILE")
            .map(Path::of)
            .orElse(environment.home().resolve(".pg_service.conf"));
    Optional<Map<String, String>> found = new ServiceFile(own).service(name);
    Optional<String> system = environment.variable("PGSYSCONFDIR");
    if (found.isEmpty() && system.isPresent()) {
      found = new ServiceFile(Path.of(system.get(), "pg_service.conf")).service(name);
    }
    return found.orElseThrow(
        () ->
            new PgtrailException(
                ErrorCode.INVALID_ARGUMENT,
                "There is no definition of the service " + name,
                "Add a section [" + name + "] to " + own));
  }

  private static void refuseSocketDirectory(String host) {
    if (host.startsWith("/")) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "The host " + host + " is the directory of a Unix socket, which pgtrail cannot use",
          "Name a TCP address: set PGHOST=localhost, or give --url.");
    }
  }

  private static ConnectionSettings withPassword(
      Map<String, String> parameters, Environment environment) throws IOException {
    List<String> warnings = new ArrayList<>();
    if (!parameters.containsKey("password")) {
      Path path =
          Optional.ofNullable(parameters.get("passfile"))
              .map(Path::of)
              .orElse(environment.home().resolve(".pgpass"));
      PasswordFile file = new PasswordFile(path);
      Optional<String> objection = file.objection();
      if (objection.isPresent()) {
        warnings.add(objection.get());
      } else {
        ConnectionSettings bare = new ConnectionSettings(parameters, List.of());
        file.password(bare.firstOf("host"), bare.firstOf("port"), bare.database(), bare.user())
            .ifPresent(password -> parameters.put("password", password));
      }
    }
    return new ConnectionSettings(parameters, warnings);
  }

  /** What the user should know although it stops nothing. */
  public List<String> warnings() {
    return warnings;
  }

  /** Name of the database. */
  public String database() {
    return get("dbname");
  }

  /** Name of the role that logs in. */
  public String user() {
    return get("user");
  }

  /** Host and port as a person writes them; several separated by commas. */
  public String server() {
    List<String> servers = new ArrayList<>();
    String[] hosts = get("host").split(",", -1);
    String[] ports = get("port").split(",", -1);
    for (int i = 0; i < hosts.length; i++) {
      String port = ports.length == 1 ? ports[0] : i < ports.length ? ports[i] : "";
      servers.add(
          (hosts[i].isEmpty() ? "localhost" : hosts[i]) + ":" + (port.isEmpty() ? "5432" : port));
    }
    return String.join(",", servers);
  }

  boolean hasPassword() {
    return parameters.containsKey("password");
  }

  /** New connections to the database, not pooled: a command needs one or two. */
  public TrailDataSource dataSource() {
    Map<String, String> properties = new LinkedHashMap<>();
    parameters.forEach(
        (keyword, value) -> {
          if (!NOT_FOR_THE_DRIVER.contains(keyword)) {
            properties.put(Parameter.driverName(keyword), Parameter.driverValue(keyword, value));
          }
        });
    // A password, be it empty, keeps the driver from reading the file that we may have refused.
    properties.putIfAbsent("password", "");
    properties.putIfAbsent("tcpKeepAlive", "true");
    properties.putIfAbsent("loginTimeout", String.valueOf(2 * CONNECT_TIMEOUT_SECONDS));
    return new TrailDataSource(this, properties);
  }

  private String firstOf(String keyword) {
    return get(keyword).split(",", -1)[0];
  }

  private String get(String keyword) {
    return parameters.getOrDefault(keyword, "");
  }

  @Override
  public String toString() {
    return user() + "@" + server() + "/" + database();
  }
}
