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

  /**
   * Writes a value, and stops soon after {@code longest} characters of the whole, which is no JSON
   * then.
   */
  static void write(StringBuilder out, @Nullable Object value, int longest) {
    write(out, value, longest, DEEPEST);
  }

  private static void write(StringBuilder out, @Nullable Object value, int longest, int depth) {
    if (value == null || value instanceof Boolean || isPlainNumber(value)) {
      out.append(value);
    } else if (value instanceof Map<?, ?> map && depth > 0) {
      writeObject(out, map, longest, depth - 1);
    } else if (value instanceof Collection<?> list && depth > 0) {
      writeArray(out, list, longest, depth - 1);
    } else if (depth == 0) {
      writeString(out, value.getClass().getName());
    } else {
      writeString(out, Values.beginning(String.valueOf(value), longest + 1));
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
        || (value.getClass() == BigDecimal.class && isNumeric((BigDecimal) value))
        || (value.getClass() == BigInteger.class && isNumeric(new BigDecimal((BigInteger) value)));
  }

  /** PostgreSQL's numbers have so many digits before and after the point. */
  private static boolean isNumeric(BigDecimal number) {
    return number.scale() <= 16_383 && (long) number.precision() - number.scale() <= 131_072;
  }

  private static void writeObject(StringBuilder out, Map<?, ?> map, int longest, int depth) {
    String separator = "";
    out.append('{');
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (out.length() > longest) {
        return;
      }
      out.append(separator);
      separator = ",";
      writeString(out, Values.beginning(String.valueOf(entry.getKey()), longest + 1));
      out.append(':');
      write(out, entry.getValue(), longest, depth);
    }
    out.append('}');
  }

  private static void writeArray(StringBuilder out, Collection<?> list, int longest, int depth) {
    String separator = "";
    out.append('[');
    for (Object element : list) {
      if (out.length() > longest) {
        return;
      }
      out.append(separator);
      separator = ",";
      write(out, element, longest, depth);
    }
    out.append(']');
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
