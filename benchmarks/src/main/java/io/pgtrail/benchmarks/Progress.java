package io.pgtrail.benchmarks;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Tells on standard error how far a long piece of work is. Safe for concurrent use. */
final class Progress {

  private static final Duration EVERY = Duration.ofSeconds(10);

  private final PrintStream out;
  private String work = "";
  private long all;
  private long started;
  private long told;

  Progress(PrintStream out) {
    this.out = out;
  }

  /**
   * Begins a piece of work.
   *
   * @param name what it is
   * @param count how many parts it has
   */
  synchronized void begin(String name, long count) {
    work = name;
    all = count;
    started = System.nanoTime();
    told = started;
    out.println(work);
  }

  synchronized void report(long done) {
    long now = System.nanoTime();
    if (now - told >= EVERY.toNanos()) {
      told = now;
      out.printf(
          Locale.ROOT,
          "%s: %d %%, %,.0f/s%n",
          work,
          100 * done / Math.max(all, 1),
          done * 1e9 / (now - started));
    }
  }

  synchronized void end() {
    out.printf(Locale.ROOT, "%s: %.1f s%n", work, (System.nanoTime() - started) / 1e9);
  }

  /** Tells what comes next. */
  void note(String next) {
    out.println(next);
  }
}
