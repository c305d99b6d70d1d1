package io.pgtrail.migration;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.core.Parser;

/**
 * A statement of a file.
 *
 * @param text with the comments before it
 * @param line where it begins in the file, after those comments; 0 if that is not known
 */
record StatementText(String text, int line) {

  private static final int LONGEST = 200;
  private static final int LONGEST_BEFORE_A_SECRET = 30;

  /** The trail redacts with care; here whatever may hold a secret is cut off. */
  private static final Pattern SECRET =
      Pattern.compile(
          "passw|passphrase|pwd|secret|token|credential|api.?key|access.?key|private.?key"
              + "|mapping|://|bearer",
          Pattern.CASE_INSENSITIVE);

  /** Where the first of it is that is no comment. */
  private int begin() {
    char[] characters = text.toCharArray();
    int i = 0;
    while (i < characters.length) {
      int end = i;
      if (characters[i] == '-') {
        end = Parser.parseLineComment(characters, i);
      } else if (characters[i] == '/') {
        end = Parser.parseBlockComment(characters, i);
      }
      if (end == i && !Character.isWhitespace(characters[i])) {
        return i;
      }
      i = end + 1;
    }
    return 0;
  }

  /**
   * Where in the file a line of the text is.
   *
   * @param inText from 1, as the server counts; 0 for the statement itself
   */
  int lineInFile(int inText) {
    if (line == 0 || inText == 0) {
      return line;
    }
    long commentLines = text.substring(0, begin()).chars().filter(c -> c == '\n').count();
    return line + inText - 1 - (int) commentLines;
  }

  /** The beginning of it in one line, for a screen or a log. */
  String excerpt() {
    String statement =
        text.substring(begin()).strip().replaceAll("\\s+", " ").replaceAll(" ?;$", "");
    Matcher secret = SECRET.matcher(statement);
    if (secret.find()) {
      int quote = statement.replace('$', '\'').indexOf('\'');
      int end = quote < 0 ? secret.start() : Math.min(quote, secret.start());
      return beginning(statement, Math.min(end, LONGEST_BEFORE_A_SECRET)) + "…";
    }
    return statement.length() <= LONGEST ? statement : beginning(statement, LONGEST) + "…";
  }

  private static String beginning(String statement, int length) {
    boolean splitsCharacter = length > 0 && Character.isHighSurrogate(statement.charAt(length - 1));
    return statement.substring(0, splitsCharacter ? length - 1 : length);
  }
}
