package io.pgtrail.server.api;

import java.io.IOException;
import java.io.Writer;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values as RFC 4180 says. A text that a spreadsheet would calculate gets an
 * apostrophe before it: anybody may choose the name of an operation, and an auditor opens the file.
 */
final class CsvLines {

  private static final String CALCULATED = "=+-@\t\r";

  private final Writer out;

  CsvLines(Writer out) {
    this.out = out;
  }

  /** Numbers, moments and texts; NULL is nothing. */
  void line(List<? extends @Nullable Object> values) throws IOException {
    Iterator<? extends @Nullable Object> all = values.iterator();
    while (all.hasNext()) {
      out.write(field(all.next()));
      out.write(all.hasNext() ? "," : "\r\n");
    }
  }

  private static String field(@Nullable Object value) {
    String text = Objects.toString(value, "");
    if (value instanceof String && !text.isEmpty() && CALCULATED.indexOf(text.charAt(0)) >= 0) {
      text = "'" + text;
    }
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
