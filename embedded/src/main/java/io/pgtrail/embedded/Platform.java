package io.pgtrail.embedded;

import java.util.Locale;
import java.util.Map;

/**
 * An operating system and processor that server binaries exist for.
 *
 * @param name as the archives are named, such as {@code linux-x86_64}
 * @param locale the locale of new servers: the plainest that knows UTF-8
 */
record Platform(String name, String locale) {

  private static final Map<String, String> PROCESSORS =
      Map.of("amd64", "x86_64", "x86_64", "x86_64", "aarch64", "arm_64", "arm64", "arm_64");

  static Platform current() {
    return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  static Platform of(String system, String architecture) {
    String processor = PROCESSORS.get(architecture.toLowerCase(Locale.ROOT));
    if (processor != null && system.equals("Linux")) {
      return new Platform("linux-" + processor, "C.UTF-8");
    }
    if (processor != null && system.startsWith("Mac")) {
      return new Platform("darwin-" + processor, "C");
    }
    throw new EmbeddedPostgresException(
        "No embedded PostgreSQL exists for %s on %s; it runs on Linux and macOS, on x86-64 and 64-bit ARM. Connect to a PostgreSQL server of your own instead."
            .formatted(system, architecture));
  }

  String archive() {
    return "postgres-" + name + ".txz";
  }
}
