package io.pgtrail.logs;

/**
 * Cuts csvlog. A record goes on over lines while a quote is open, so where one was damaged, as by a
 * full disk, a statement could pass for a record: the log is given up there.
 */
final class CsvScanner extends RecordScanner {

  private static final int FIELDS = 26;
  private static final int STATE = 12;
  private static final int MESSAGE = 13;

  private enum Place {
    BEGIN_OF_FIELD,
    IN_PLAIN_FIELD,
    IN_QUOTES,
    /** One that ends the field, or the first of two that stand for one. */
    AFTER_QUOTE
  }

  private final int[] begins = new int[FIELDS];
  private int field;
  private Place place = Place.BEGIN_OF_FIELD;

  CsvScanner(Sink sink) {
    super(sink);
  }

  @Override
  void next(byte b) {
    if (place == Place.IN_QUOTES) {
      if (b == '"') {
        place = Place.AFTER_QUOTE;
      } else {
        add(b);
      }
    } else if (place == Place.AFTER_QUOTE && b == '"') {
      add(b);
      addSecond(b);
      place = Place.IN_QUOTES;
    } else {
      outside(b);
    }
  }

  private void outside(byte b) {
    boolean closing = place == Place.AFTER_QUOTE;
    if (b == ',' || b == '\n') {
      endField(closing);
      if (b == '\n') {
        end();
      } else if (field < FIELDS) {
        begins[field] = length() + 1;
        append(b);
      }
    } else if (b == '\r') {
      // Before the line end, where that is two characters.
      return;
    } else if (closing || (b == '"' && place == Place.IN_PLAIN_FIELD)) {
      giveUp();
    } else if (b == '"') {
      place = Place.IN_QUOTES;
      appendQuote();
    } else {
      place = Place.IN_PLAIN_FIELD;
      add(b);
    }
  }

  private void add(byte b) {
    if (field < FIELDS) {
      appendToText(b, (b & 0xC0) != 0x80);
    }
  }

  private void addSecond(byte b) {
    if (field < FIELDS) {
      appendToText(b, false);
    }
  }

  private void appendQuote() {
    if (field < FIELDS) {
      append((byte) '"');
    }
  }

  private void endField(boolean closing) {
    endText();
    if (closing) {
      appendQuote();
    }
    field++;
    place = Place.BEGIN_OF_FIELD;
  }

  private void end() {
    if (length() > 0) {
      endRecord(field == FIELDS);
    }
    field = 0;
    begins[0] = 0;
  }

  @Override
  boolean matters() {
    return Relevance.matters(
        text(), begins[STATE], begins[STATE + 1] - 1, begins[MESSAGE] + 1, begins[MESSAGE + 1] - 1);
  }
}
