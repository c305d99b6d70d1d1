package io.pgtrail.benchmarks;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param seconds how long each of the three comparisons runs
 * @param rows operations in the trail for the second history page
 * @param postgres major version of the server
 * @param json file for the figures, if any
 */
record Options(int seconds, int rows, int postgres, @Nullable Path json) {

  static final String USAGE =
      "Options: --seconds N (20), --rows N (1000000), --postgres 14..18 (18), --json FILE";

  static Options parse(String... arguments) {
    int seconds = 20;
    int rows = 1_000_000;
    int postgres = 18;
    Path json = null;
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + " needs a value. " + USAGE);
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--seconds" -> seconds = positive(value);
        case "--rows" -> rows = positive(value);
        case "--postgres" -> postgres = positive(value);
        case "--json" -> json = Path.of(value);
        default -> throw new IllegalArgumentException("Unknown: " + arguments[i] + ". " + USAGE);
      }
    }
    return new Options(seconds, rows, postgres, json);
  }

  private static int positive(String value) {
    int number = Integer.parseInt(value);
    if (number < 1) {
      throw new IllegalArgumentException("Not a positive number: " + value + ". " + USAGE);
    }
    return number;
  }
}
