package io.pgtrail.cli;

/**
 * A column of a listing.
 *
 * @param name as in the trail; the table shows it in capitals
 * @param inTable whether the table shows it; JSON and CSV show all
 * @param numeric whether the table aligns it to the right
 */
record Column(String name, boolean inTable, boolean numeric) {

  static Column shown(String name) {
    return new Column(name, true, false);
  }

  static Column number(String name) {
    return new Column(name, true, true);
  }

  static Column detail(String name) {
    return new Column(name, false, false);
  }
}
