package io.pgtrail.client;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON that PostgreSQL takes for jsonb. What jsonb cannot hold, a NUL or half a surrogate
 * pair, becomes U+FFFD; numbers that JSON has no words for become text.
 */
final class Json {

  private static final char REPLACEMENT = '\uFFFD';

  /** Deeper than anything people annotate; a collection may contain itself. */
  private static final int DEEPEST = 20;

  private Json() {}

  static void write(StringBuilder out, @Nullable Object value) {
    write(out, value, DEEPEST);
  }

  private static void write(StringBuilder out, @Nullable Object value, int depth) {
    if (value == null || value instanceof Boolean || isPlainNumber(value)) {
      out.append(value);
    } else if (value instanceof Map<?, ?> map && depth > 0) {
      writeObject(out, map, depth - 1);
    } else if (value instanceof Collection<?> list && depth > 0) {
      writeArray(out, list, depth - 1);
    } else if (depth == 0) {
      writeString(out, value.getClass().getName());
    } else {
      writeString(out, String.valueOf(value));
    }
  }

  /** Of others toString() need not be a JSON number. */
  private static boolean isPlainNumber(Object value) {
    return value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte
        || (value instanceof Double real && Double.isFinite(real))
        || (value instanceof Float single && Float.isFinite(single))
        || value.getClass() == BigDecimal.class
        || value.getClass() == BigInteger.class;
  }

  private static void writeObject(StringBuilder out, Map<?, ?> map, int depth) {
    char separator = '{';
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator);
      separator = ',';
      writeString(out, String.valueOf(entry.getKey()));
      out.append(':');
      write(out, entry.getValue(), depth);
    }
    out.append(map.isEmpty() ? "{}" : "}");
  }

  private static void writeArray(StringBuilder out, Collection<?> list, int depth) {
    char separator = '[';
    for (Object element : list) {
      out.append(separator);
      separator = ',';
      write(out, element, depth);
    }
    out.append(list.isEmpty() ? "[]" : "]");
  }

  static void writeString(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c == 0) {
        out.append(REPLACEMENT);
      } else if (c < ' ') {
        out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(hexDigit(c));
      } else if (!Character.isSurrogate(c)) {
        out.append(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        out.append(c).append(text.charAt(++i));
      } else {
        out.append(REPLACEMENT);
      }
    }
    out.append('"');
  }

  private static char hexDigit(char c) {
    return Character.forDigit(c & 0xF, 16);
  }
}
