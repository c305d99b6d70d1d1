package io.pgtrail.tracking;

/**
 * What became of a write.
 *
 * @param key of the operation, in hexadecimal
 * @param status of it afterwards
 * @param again whether it was carried out before, and now only answered again
 */
public record Written(String key, String status, boolean again) {

  /** As it is kept with the key of the request. */
  String text() {
    return key + " " + status;
  }

  static Written answeredBefore(String text) {
    int blank = text.indexOf(' ');
    return new Written(text.substring(0, blank), text.substring(blank + 1), true);
  }
}
