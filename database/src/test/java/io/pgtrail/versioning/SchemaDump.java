package io.pgtrail.versioning;

import io.pgtrail.testkit.ClientProgram;
import io.pgtrail.testkit.Login;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code pg_dump} says of a schema, less what means nothing. */
final class SchemaDump {

  /** Keys that pg_dump draws anew each time. */
  private static final Pattern RESTRICTION = Pattern.compile("\\\\(un)?restrict .*");

  /** Storage options, tags of an event trigger, options of a dictionary: in any order. */
  private static final Pattern OPTIONS =
      Pattern.compile(
          "(?<=\\bWITH \\()[^()]*(?=\\))|(?<= WHEN TAG IN \\()[^()]*(?=\\))"
              + "|(?<=^ {4})[a-z]+ = .*(?= \\);$)");

  /** Grants of one object, settings of one function: in any order. */
  private static final Pattern LISTED = Pattern.compile("GRANT .*| {4}SET .*");

  /**
   * A constant without a type in a UNION gets one when PostgreSQL words it; read again, that type
   * names its column. A restored dump differs from the original in the same way.
   */
  private static final Pattern IMPLIED_NAME = Pattern.compile("(::(\\w+)) AS \\2\\b");

  private SchemaDump() {}

  /** Gives the lines of a dump of everything but pgtrail. */
  static List<String> of(Login login) throws Exception {
    String dump =
        ClientProgram.run(
            login,
            "pg_dump",
            "--schema-only",
            "--exclude-schema=pggit|pgtrail|script_tracking|auth|util",
            // Its replica identity is an index that is gone. The export says NOTHING, which that
            // is;
            // pg_dump says nothing.
            "--exclude-table=*.replica_lost");
    List<String> lines = new ArrayList<>();
    List<String> listed = new ArrayList<>();
    for (String line : dump.split("\n", -1)) {
      if (LISTED.matcher(line).matches()) {
        listed.add(line);
        continue;
      }
      Collections.sort(listed);
      lines.addAll(listed);
      listed.clear();
      if (!RESTRICTION.matcher(line).matches()) {
        lines.add(settled(line));
      }
    }
    return lines;
  }

  private static String settled(String line) {
    String sorted = OPTIONS.matcher(line).replaceAll(SchemaDump::sorted);
    return IMPLIED_NAME.matcher(sorted).replaceAll("$1").replace("( VALUES", "(VALUES");
  }

  private static String sorted(MatchResult options) {
    String[] each = options.group().split(", ", -1);
    Arrays.sort(each);
    return Matcher.quoteReplacement(String.join(", ", each));
  }
}
