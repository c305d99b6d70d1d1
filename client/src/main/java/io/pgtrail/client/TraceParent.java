package io.pgtrail.client;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the header of W3C Trace Context, version 00 and what later versions keep of it. */
final class TraceParent {

  private static final Pattern FORM =
      Pattern.compile("(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?");
  private static final Pattern ALL_ZERO = Pattern.compile("0+");

  private TraceParent() {}

  /** Gives {@code trace_id} and {@code span_id}; nothing for a header that is malformed. */
  static Map<String, String> ids(@Nullable String header) {
    if (header == null) {
      return Map.of();
    }
    Matcher form = FORM.matcher(header.strip());
    if (!form.matches()
        || ALL_ZERO.matcher(form.group(1)).matches()
        || ALL_ZERO.matcher(form.group(2)).matches()) {
      return Map.of();
    }
    return Map.of("trace_id", form.group(1), "span_id", form.group(2));
  }
}
