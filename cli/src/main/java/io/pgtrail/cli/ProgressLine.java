package io.pgtrail.cli;

/** One line on a terminal that says how far long work has got; nothing where there is none. */
final class ProgressLine {

  private final Console console;
  private boolean shown;

  ProgressLine(Console console) {
    this.console = console;
  }

  void show(String text) {
    if (console.terminal().present()) {
      console
          .err()
          .print("\r" + SafeText.shorten(text, console.terminal().width() - 1) + "\u001b[K");
      console.err().flush();
      shown = true;
    }
  }

  void clear() {
    if (shown) {
      console.err().print("\r\u001b[K");
      console.err().flush();
      shown = false;
    }
  }
}
