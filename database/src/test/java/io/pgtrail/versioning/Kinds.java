package io.pgtrail.versioning;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Scripts that make every kind of object with every option, in schemas of their own. */
final class Kinds {

  static final List<String> ALL =
      List.of(
          "code",
          "collations",
          "default_privileges",
          "domains",
          "extensions",
          "foreign",
          "foreign_tables",
          "indexes",
          "operators",
          "partitions",
          "publications",
          "schemas",
          "sequences",
          "statistics",
          "tables",
          "text_search",
          "types");

  private Kinds() {}

  /** Makes the objects of one script in a database, in one transaction. */
  static void define(String kind, Login login, int majorVersion) throws Exception {
    try (Connection session = SimpleProtocol.of(login).connect()) {
      Sql.execute(session, script(kind, majorVersion));
    }
  }

  /** A line {@code -- from N} leaves out what follows, up to an empty line, before major N. */
  private static String script(String kind, int majorVersion) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean left = false;
    for (String line : resource("kinds/" + kind + ".sql").split("\n", -1)) {
      if (line.matches("-- from \\d+")) {
        left = Integer.parseInt(line.substring("-- from ".length())) > majorVersion;
      } else if (line.isEmpty()) {
        left = false;
      }
      if (!left) {
        lines.add(line);
      }
    }
    return String.join("\n", lines);
  }

  private static String resource(String name) throws IOException {
    try (InputStream file = Kinds.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
