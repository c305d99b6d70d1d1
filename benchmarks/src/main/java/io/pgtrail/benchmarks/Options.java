package io.pgtrail.benchmarks;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param seconds how long each comparison runs
 * @param rows operations in the trail for the second history page
 * @param postgres major version of the server
 * @param json file for the figures, if any
 * @param size operations in the largest trail to measure at; 0 measures the other budgets instead
 * @param versions objects under version control to measure at; 0 measures something else
 * @param readers people who look at the pages at once; 0 measures something else
 * @param fill JDBC URL of a database with pgtrail to fill, and do nothing else
 * @param operations how many operations to fill it with
 */
record Options(
    int seconds,
    int rows,
    int postgres,
    @Nullable Path json,
    long size,
    int versions,
    int readers,
    @Nullable String fill,
    long operations) {

  static final String USAGE =
      "Options: --seconds N (20), --rows N (1000000), --postgres 14..18 (18), --json FILE;"
          + " --size N measures at 0, 10000, 1000000, 10000000 operations up to N;"
          + " --versions N measures at N / 10 and N versioned objects with ten changes each;"
          + " --readers N lets N people look at the pages of --operations N (1000000);"
          + " --fill JDBC-URL --operations N (1000000) fills a database that has pgtrail.";

  static Options parse(String... arguments) {
    int seconds = 20;
    int rows = 1_000_000;
    int postgres = 18;
    Path json = null;
    long size = 0;
    int versions = 0;
    int readers = 0;
    String fill = null;
    long operations = 1_000_000;
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
        case "--size" -> size = positive(value);
        case "--versions" -> versions = positive(value);
        case "--readers" -> readers = positive(value);
        case "--fill" -> fill = value;
        case "--operations" -> operations = positive(value);
        default -> throw new IllegalArgumentException("Unknown: " + arguments[i] + ". " + USAGE);
      }
    }
    return new Options(seconds, rows, postgres, json, size, versions, readers, fill, operations);
  }

  private static int positive(String value) {
    int number = Integer.parseInt(value);
    if (number < 1) {
      throw new IllegalArgumentException("Not a positive number: " + value + ". " + USAGE);
    }
    return number;
  }
}
