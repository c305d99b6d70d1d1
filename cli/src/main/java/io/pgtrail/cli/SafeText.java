package io.pgtrail.cli;

import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes text from a database safe to show: no control character reaches the terminal, where it
 * could change colours, move the cursor, rewrite lines or reorder letters.
 */
final class SafeText {

  private static final Set<UnicodeScript> WIDE =
      Set.of(
          UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA, UnicodeScript.HANGUL);

  private SafeText() {}

  /** One line: line ends and tabs are shown as {@code \n} and {@code \t}. */
  static String line(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().forEach(character -> append(safe, character));
    return safe.toString();
  }

  /** Keeps line ends and tabs. */
  static String lines(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            character -> {
              if (character == '\n' || character == '\t') {
                safe.append((char) character);
              } else {
                append(safe, character);
              }
            });
    return safe.toString();
  }

  private static void append(StringBuilder safe, int character) {
    switch (character) {
      case '\n' -> safe.append("\\n");
      case '\r' -> safe.append("\\r");
      case '\t' -> safe.append("\\t");
      default -> {
        if (isHarmful(character)) {
          safe.append(
              character < 0x100
                  ? String.format("\\x%02x", character)
                  : String.format("\\u%04x", character));
        } else {
          safe.appendCodePoint(character);
        }
      }
    }
  }

  private static boolean isHarmful(int character) {
    int type = Character.getType(character);
    return type == Character.CONTROL
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE
        || isBidirectionalControl(character);
  }

  private static boolean isBidirectionalControl(int character) {
    return character == 0x061C
        || character == 0x200E
        || character == 0x200F
        || (character >= 0x202A && character <= 0x202E)
        || (character >= 0x2066 && character <= 0x2069);
  }

  /** How many columns of a terminal the text takes. */
  static int width(String text) {
    return text.codePoints().map(SafeText::width).sum();
  }

  /** The text, or its beginning and an ellipsis if it is wider than that. */
  static String shorten(String text, int columns) {
    if (width(text) <= columns) {
      return text;
    }
    return beginning(text, columns - 1) + '…';
  }

  /** At least one character, or a terminal of one column would never see the end. */
  private static String beginning(String text, int columns) {
    int end = 0;
    int used = 0;
    while (end < text.length()) {
      int character = text.codePointAt(end);
      used += width(character);
      if (used > columns && end > 0) {
        break;
      }
      end += Character.charCount(character);
    }
    return text.substring(0, end);
  }

  /** The text in lines that are no wider than that, broken between words where possible. */
  static List<String> wrap(String text, int columns) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (width(rest) > columns) {
      String beginning = beginning(rest, columns);
      int blank = beginning.lastIndexOf(' ');
      boolean betweenWords = rest.startsWith(" ", beginning.length());
      String line = betweenWords || blank <= 0 ? beginning : beginning.substring(0, blank);
      lines.add(line);
      rest = rest.substring(line.length()).stripLeading();
    }
    if (lines.isEmpty() || !rest.isEmpty()) {
      lines.add(rest);
    }
    return lines;
  }

  private static int width(int character) {
    int type = Character.getType(character);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean emoji = character >= 0x1F300 && character <= 0x1FAFF;
    return emoji || (character >= 0x1100 && WIDE.contains(UnicodeScript.of(character))) ? 2 : 1;
  }
}
