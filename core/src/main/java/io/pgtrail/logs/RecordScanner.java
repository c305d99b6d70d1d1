package io.pgtrail.logs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a log into records and passes on those that may matter. Keeps one record at a time, of
 * bounded size: longer texts in it are cut. Not safe for concurrent use.
 */
abstract class RecordScanner {

  /** Of one text in a record, such as a statement; the rest of a longer one is left out. */
  static final int LONGEST_TEXT = 1 << 16;

  /** Takes records. */
  @FunctionalInterface
  interface Sink {

    /** A record without its line end; the array is used again afterwards. */
    void record(byte[] text, int length);
  }

  /** The database knows by it that something is missing. */
  private static final byte[] CUT = "... [abridged]".getBytes(StandardCharsets.US_ASCII);

  private final Sink sink;
  private byte[] text = new byte[1 << 12];
  private int length;
  private int textBytes;
  private boolean cutting;
  private boolean cut;
  private long scanned;
  private long position;
  private long records;
  private long unreadable;
  private long abridged;
  private boolean damaged;

  RecordScanner(Sink sink) {
    this.sink = sink;
  }

  /** Goes on with the next bytes. */
  final void scan(byte[] bytes, int count) {
    for (int i = 0; i < count && !damaged; i++) {
      next(bytes[i]);
      scanned++;
      if (length == 0 && !damaged) {
        position = scanned;
      }
    }
  }

  abstract void next(byte b);

  /** Whether the record at hand may matter. */
  abstract boolean matters();

  final byte[] text() {
    return text;
  }

  final int length() {
    return length;
  }

  final void append(byte b) {
    if (length == text.length) {
      text = Arrays.copyOf(text, length * 2);
    }
    text[length++] = b;
  }

  /**
   * A byte of a text, unless that is too long.
   *
   * @param first whether a text may be cut before it: it begins a character
   */
  final void appendToText(byte b, boolean first) {
    cutting |= first && textBytes >= LONGEST_TEXT;
    if (!cutting) {
      append(b);
      textBytes++;
    }
  }

  /** Another text begins. */
  final void endText() {
    if (cutting) {
      for (byte b : CUT) {
        append(b);
      }
    }
    cut |= cutting;
    cutting = false;
    textBytes = 0;
  }

  final void endRecord(boolean whole) {
    records++;
    if (!whole) {
      unreadable++;
    } else if (cut || matters()) {
      abridged += cut ? 1 : 0;
      sink.record(text, length);
    }
    clear();
  }

  final void clear() {
    length = 0;
    textBytes = 0;
    cutting = false;
    cut = false;
  }

  /** From here on nobody can tell a record from a text in one. */
  final void giveUp() {
    damaged = true;
    records++;
    unreadable++;
    clear();
  }

  /** Bytes up to the end of the last whole record. */
  final long position() {
    return position;
  }

  final boolean isAmidRecord() {
    return length > 0;
  }

  final boolean isDamaged() {
    return damaged;
  }

  final long records() {
    return records;
  }

  final long unreadable() {
    return unreadable;
  }

  final long abridged() {
    return abridged;
  }
}
