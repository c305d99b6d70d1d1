package io.pgtrail.connection;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What surrounds a program.
 *
 * @param variables the environment variables
 * @param home the directory of {@code ~/.pgpass} and {@code ~/.pg_service.conf}
 * @param userName name of the account, the default of the role
 */
public record Environment(Map<String, String> variables, Path home, String userName) {

  public Environment {
    variables = Map.copyOf(variables);
  }

  /** The environment of this very program. */
  public static Environment ofProcess() {
    return new Environment(
        System.getenv(),
        Path.of(System.getProperty("user.home", "/")),
        System.getProperty("user.name", "postgres"));
  }

  /** Value of a variable; empty when it is not set, or set to nothing, as libpq reads it. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }
}
