package io.pgtrail.script;

import java.util.OptionalInt;
import org.postgresql.core.Parser;

/** Finds commands of psql in a script, which the server would not understand. */
final class BackslashCommands {

  private BackslashCommands() {}

  /** Offset of the first backslash outside of quotes and comments. */
  static OptionalInt first(String script) {
    char[] text = script.toCharArray();
    for (int i = 0; i < text.length; i++) {
      switch (text[i]) {
        case '\\' -> {
          return OptionalInt.of(i);
        }
        // With standard_conforming_strings a backslash means nothing, save after E.
        case '\'' -> i = Parser.parseSingleQuotes(text, i, true);
        case '"' -> i = Parser.parseDoubleQuotes(text, i);
        case '-' -> i = Parser.parseLineComment(text, i);
        case '/' -> i = Parser.parseBlockComment(text, i);
        case '$' -> i = Parser.parseDollarQuotes(text, i);
        default -> {}
      }
    }
    return OptionalInt.empty();
  }
}
