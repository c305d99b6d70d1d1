package io.pgtrail.cli;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

/** What cannot be undone is done when a person has typed the name of the database. */
final class Confirmation {

  private Confirmation() {}

  /**
   * Asks, and returns when the answer is right.
   *
   * @param what a sentence with %s for the database
   * @param refusal the code of any other answer
   */
  static void require(Console console, String database, String what, ErrorCode refusal) {
    String consequence = what.formatted(database);
    if (!console.terminal().answering()) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          consequence + " Nobody can be asked here.",
          "Say --yes if it is meant.");
    }
    console.remark(consequence + " Type the name of the database to go on:");
    Scanner answers = new Scanner(console.in(), StandardCharsets.UTF_8);
    if (!answers.hasNextLine() || !answers.nextLine().strip().equals(database)) {
      throw new PgtrailException(refusal, "Not confirmed. Nothing was changed.", null);
    }
  }
}
