package io.pgtrail.logs;

import java.util.Locale;
import java.util.Set;

/**
 * Tells apart, quickly, what the database need not look at. Rather too much is passed on than too
 * little: it judges for itself.
 */
final class Relevance {

  /** Success, warning, no data. */
  private static final Set<String> NO_ERRORS = Set.of("00", "01", "02");

  private static final Set<String> DDL =
      Set.of("alte", "comm", "crea", "drop", "gran", "impo", "reas", "refr", "revo", "secu");

  private static final int FIRST_LETTERS = 4;

  private Relevance() {}

  static boolean matters(byte[] text, int state, int stateEnd, int message, int messageEnd) {
    return matters(text, state, stateEnd, text, message, messageEnd);
  }

  /** Whether it is an error, or a statement that may be DDL. */
  static boolean matters(
      byte[] code, int state, int stateEnd, byte[] text, int message, int messageEnd) {
    if (stateEnd - state < 2
        || !NO_ERRORS.contains("" + (char) code[state] + (char) code[state + 1])) {
      return true;
    }
    return code[state] == '0' && code[state + 1] == '0' && mayBeDdl(text, message, messageEnd);
  }

  /**
   * Behind "statement: " or "execute name: ", which the server may say in any language. A name has
   * as many colons as its client likes.
   */
  private static boolean mayBeDdl(byte[] text, int from, int to) {
    boolean first = true;
    for (int i = from; i < to - 1; i++) {
      if (text[i] == ':' && text[i + 1] == ' ') {
        if (mayBeginWithDdl(text, i + 2, to) || (first && holdsSeveral(text, i + 2, to))) {
          return true;
        }
        first = false;
      }
    }
    return false;
  }

  private static boolean mayBeginWithDdl(byte[] text, int from, int to) {
    int first = from;
    while (first < to && text[first] == ' ') {
      first++;
    }
    if (first < to && !Character.isLetterOrDigit(text[first])) {
      return true;
    }
    StringBuilder word = new StringBuilder();
    for (int i = first; i < to && word.length() < FIRST_LETTERS && text[i] > ' '; i++) {
      word.append((char) text[i]);
    }
    return DDL.contains(word.toString().toLowerCase(Locale.ROOT));
  }

  /** What is behind a semicolon may be DDL, whatever is before it. */
  private static boolean holdsSeveral(byte[] text, int from, int to) {
    for (int i = from; i < to - 2; i++) {
      if (text[i] == ';') {
        return true;
      }
    }
    return false;
  }

  /** Where a text ends that is looked for; -1 if it is not there. */
  static int find(byte[] wanted, byte[] text, int from, int to) {
    for (int i = from; i <= to - wanted.length; i++) {
      int same = 0;
      while (same < wanted.length && text[i + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        return i + same;
      }
    }
    return -1;
  }
}
