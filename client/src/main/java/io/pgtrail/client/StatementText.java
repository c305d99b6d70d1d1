package io.pgtrail.client;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be told of a statement by its first words. */
final class StatementText {

  private static final Pattern BLANK_OR_COMMENT =
      Pattern.compile("(?:\\s++|--[^\\n]*+(?:\\n|$)|/\\*(?:[^*]|\\*(?!/))*+\\*/)*+");
  private static final Pattern WORD = Pattern.compile("[A-Za-z]++");
  private static final Pattern BLANKS = Pattern.compile("\\s++");
  private static final Set<String> DDL =
      Set.of(
          "CREATE",
          "ALTER",
          "DROP",
          "GRANT",
          "REVOKE",
          "COMMENT",
          "REASSIGN",
          "REINDEX",
          "SECURITY",
          "IMPORT");
  private static final int LONGEST_NAME = 100;

  private StatementText() {}

  /** Tells whether it changes the schema. Of several statements in one text the first counts. */
  static boolean isDdl(String sql) {
    Matcher word = WORD.matcher(sql).region(start(sql), sql.length());
    return word.lookingAt() && DDL.contains(word.group().toUpperCase(Locale.ROOT));
  }

  /** Gives its beginning on one line, and no part of a constant, in which no secret is known. */
  static String name(String sql) {
    String line = BLANKS.matcher(sql.substring(start(sql))).replaceAll(" ").strip();
    if (line.length() <= LONGEST_NAME) {
      return line;
    }
    String beginning = Values.beginning(line, LONGEST_NAME - 1);
    boolean inConstant = beginning.chars().filter(c -> c == '\'').count() % 2 == 1;
    return (inConstant ? beginning.substring(0, beginning.lastIndexOf('\'')) : beginning) + "…";
  }

  private static int start(String sql) {
    Matcher before = BLANK_OR_COMMENT.matcher(sql);
    return before.lookingAt() ? before.end() : 0;
  }
}
