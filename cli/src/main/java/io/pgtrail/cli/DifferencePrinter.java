package io.pgtrail.cli;

import io.pgtrail.versioning.ObjectDifference;

/** Prints how objects differ, for {@code show} and {@code diff}. */
final class DifferencePrinter {

  private final Console console;
  private final boolean beside;

  /**
   * @param sideBySide whether both are shown side by side, where the terminal is wide enough
   */
  DifferencePrinter(Console console, boolean sideBySide) {
    this.console = console;
    Terminal terminal = console.terminal();
    boolean wide = terminal.present() && terminal.width() >= DdlDiff.NARROWEST_BESIDE;
    this.beside = sideBySide && wide;
    if (sideBySide && !wide) {
      console.remark(
          "For --side-by-side a terminal of %d columns is needed."
              .formatted(DdlDiff.NARROWEST_BESIDE));
    }
  }

  /** A line that says what became of it. */
  void heading(ObjectDifference difference) {
    console.say(
        String.join(
            "  ",
            difference.type(),
            SafeText.line(difference.objectType() + " " + difference.fullName()),
            console.terminal().paint(difference.severity(), difference.severity()),
            ChangeListing.versions(difference.versionBefore(), difference.versionAfter())));
  }

  /** The two forms of its DDL; in words what the DDL does not show. */
  void body(ObjectDifference difference) {
    DdlDiff diff = new DdlDiff(difference, console.terminal());
    if (String.valueOf(difference.ddlBefore()).equals(difference.ddlAfter())) {
      difference.differences().forEach(line -> console.say("  " + SafeText.line(line)));
    } else {
      (beside ? diff.beside() : diff.unified()).forEach(console::say);
    }
  }
}
