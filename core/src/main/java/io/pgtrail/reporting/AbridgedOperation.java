package io.pgtrail.reporting;

import org.jspecify.annotations.Nullable;

/**
 * What a list shows of an operation: of statement and error the first {@value #LONGEST_TEXT}
 * characters, and metadata only up to about {@value #LONGEST_METADATA} bytes.
 */
final class AbridgedOperation {

  static final int LONGEST_TEXT = 1000;
  static final int LONGEST_METADATA = 4000;

  private static final String MORE = " …";

  private AbridgedOperation() {}

  /** Of one whose texts were read up to one character more. */
  static Operation of(Operation read) {
    return read.withTexts(beginning(read.statement()), beginning(read.error()));
  }

  private static @Nullable String beginning(@Nullable String text) {
    return text == null || text.codePointCount(0, text.length()) <= LONGEST_TEXT
        ? text
        : text.substring(0, text.offsetByCodePoints(0, LONGEST_TEXT)) + MORE;
  }
}
