package io.pgtrail.cli;

import java.util.List;
import java.util.Optional;

/** Prints rows as they come. A value is a String, Number, Instant, Duration, List or Json. */
interface RowPrinter {

  /** JSON text that goes into JSON as it is. */
  record Json(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Prints a row.
   *
   * @param values one for each column; empty for none
   * @return false when nobody reads any more
   */
  boolean row(List<Optional<?>> values);

  /** Prints all rows so far: the next may be long in coming. */
  void pause();

  /** Prints what belongs after the last row. */
  void end();
}
