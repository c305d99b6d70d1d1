package io.pgtrail.cli;

import io.pgtrail.migration.MigrationListener;
import java.time.Duration;

/** Says on a terminal which statement runs, and elsewhere what a log should have. */
final class MigrationProgress implements MigrationListener {

  private final Console console;
  private final ProgressLine line;

  MigrationProgress(Console console) {
    this.console = console;
    this.line = new ProgressLine(console);
  }

  @Override
  public void waits(String forWhom) {
    remark("pgtrail: waiting, as " + forWhom + " migrates this schema");
  }

  @Override
  public void executes(String script, int migration, int migrations, int statement, String text) {
    line.show(
        SafeText.line(
            "%d/%d %s, statement %d: %s"
                .formatted(migration, migrations, script, statement, text)));
  }

  @Override
  public void notice(String text) {
    remark("NOTICE: " + text);
  }

  @Override
  public void retries(String script, String reason, int retry, int retries, Duration pause) {
    remark(
        "pgtrail: %s: %s; trying again in %s (%d of %d)"
            .formatted(SafeText.line(script), reason, Durations.text(pause), retry, retries));
  }

  private void remark(String text) {
    line.clear();
    console.remark(text);
  }

  void end() {
    line.clear();
  }
}
