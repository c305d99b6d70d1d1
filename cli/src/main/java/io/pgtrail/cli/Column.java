package io.pgtrail.cli;

/**
 * A column of a listing.
 *
 * @param name as in the trail
 * @param heading what the table shows above it, in capitals
 * @param place where it is shown
 * @param numeric whether the table aligns it to the right
 * @param fit what the table does with it in a narrow terminal
 * @param usual how wide its values usually are, for a table that grows line by line; 0 if unknown
 * @param status in whose colour its values are; empty where each is a status, or none, itself
 */
record Column(
    String name, String heading, Place place, boolean numeric, Fit fit, int usual, String status) {

  /** Where a column is shown. */
  enum Place {
    /** In tables, JSON and CSV. */
    everywhere,
    /** In JSON and CSV. */
    data,
    /** In a table on a terminal. */
    picture
  }

  /** What becomes of a value that is too wide for a terminal. Elsewhere it stays as it is. */
  enum Fit {
    fixed,
    shortened,
    wrapped
  }

  static Column shown(String name) {
    return new Column(name, name, Place.everywhere, false, Fit.fixed, 0, "");
  }

  static Column number(String name) {
    return new Column(name, name, Place.everywhere, true, Fit.fixed, 0, "");
  }

  static Column text(String name) {
    return new Column(name, name, Place.everywhere, false, Fit.shortened, 0, "");
  }

  /** Text to be read to its end. */
  static Column prose(String name) {
    return new Column(name, name, Place.everywhere, false, Fit.wrapped, 0, "");
  }

  static Column detail(String name) {
    return new Column(name, name, Place.data, false, Fit.fixed, 0, "");
  }

  /** Something that is only drawn. */
  static Column picture() {
    return new Column("", "", Place.picture, false, Fit.fixed, 0, "");
  }

  Column usually(int width) {
    return new Column(name, heading, place, numeric, fit, width, status);
  }

  /** The same under a shorter heading in tables. */
  Column headed(String shorter) {
    return new Column(name, shorter, place, numeric, fit, usual, status);
  }

  /** The same in the colour of a status. */
  Column paintedAs(String wanted) {
    return new Column(name, heading, place, numeric, fit, usual, wanted);
  }

  /** The status in whose colour a value is. */
  String statusOf(String value) {
    return status.isEmpty() ? value : status;
  }

  boolean inData() {
    return place != Place.picture;
  }

  boolean inTable(Terminal terminal) {
    return place == Place.everywhere || (place == Place.picture && terminal.present());
  }
}
