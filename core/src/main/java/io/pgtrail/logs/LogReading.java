package io.pgtrail.logs;

/**
 * What was read of a log.
 *
 * @param records that were looked at
 * @param recorded operations that are new in the trail
 * @param elsewhere records that concern other databases of the server
 * @param unreadable records that are damaged or are none
 * @param abridged records of which a text, such as a statement, was cut
 * @param damaged how many logs could not be read to their end, because of a damaged record
 * @param unfinished how many logs end amid a record
 */
public record LogReading(
    long records,
    long recorded,
    long elsewhere,
    long unreadable,
    long abridged,
    int damaged,
    int unfinished) {

  static final LogReading NOTHING = new LogReading(0, 0, 0, 0, 0, 0, 0);

  /** Of the database what {@code answer} says, of the log what its scanner has counted. */
  static LogReading of(RecordScanner scanner, Answer answer) {
    return new LogReading(
        scanner.records(),
        answer.recorded(),
        answer.elsewhere(),
        scanner.unreadable() + answer.unreadable(),
        scanner.abridged(),
        scanner.isDamaged() ? 1 : 0,
        scanner.isAmidRecord() ? 1 : 0);
  }

  LogReading plus(LogReading other) {
    return new LogReading(
        records + other.records,
        recorded + other.recorded,
        elsewhere + other.elsewhere,
        unreadable + other.unreadable,
        abridged + other.abridged,
        damaged + other.damaged,
        unfinished + other.unfinished);
  }

  /** The same in words. */
  public String inWords() {
    StringBuilder words = new StringBuilder();
    words.append(number(recorded, "operation")).append(" recorded of ");
    words.append(number(records, "log record"));
    add(words, elsewhere, " of other databases");
    add(words, unreadable, " unreadable");
    add(words, abridged, " abridged");
    add(words, damaged, damaged == 1 ? " file given up at a damaged record" : " files given up");
    return words.toString();
  }

  private static void add(StringBuilder words, long count, String what) {
    if (count > 0) {
      words.append(", ").append(count).append(what);
    }
  }

  private static String number(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** What the database says of records that it was given. */
  record Answer(long recorded, long elsewhere, long unreadable) {

    static final Answer NONE = new Answer(0, 0, 0);

    Answer plus(Answer other) {
      return new Answer(
          recorded + other.recorded, elsewhere + other.elsewhere, unreadable + other.unreadable);
    }
  }
}
