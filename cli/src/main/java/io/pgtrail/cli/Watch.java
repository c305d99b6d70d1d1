package io.pgtrail.cli;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Does something again and again until Ctrl-C. Once it has worked, a lost connection does not end
 * it: it says so and tries again.
 */
final class Watch {

  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final String CLEAR = "\u001b[2J\u001b[H";
  private static final String END_OF_LINE = "\u001b[K\n";

  private final Console console;
  private final Duration interval;
  private final UnaryOperator<Terminal> measure;
  private final CountDownLatch end = new CountDownLatch(1);
  private boolean worked;
  private boolean lost;
  private int drawn;
  private Terminal terminal;

  /**
   * @param measure gives the terminal in the size it has by then
   */
  Watch(Console console, Duration interval, UnaryOperator<Terminal> measure) {
    this.console = console;
    this.interval = interval;
    this.measure = measure;
    this.terminal = console.terminal();
  }

  /** Prints what is new each time, below what is there. Gives the exit code. */
  int follow(Runnable look) {
    return repeat(look);
  }

  /** In a terminal replaces what it showed before; elsewhere an empty line separates the two. */
  int redraw(Consumer<Console> look) {
    return repeat(
        () -> {
          ByteArrayOutputStream picture = new ByteArrayOutputStream();
          PrintStream out = new PrintStream(picture, false, StandardCharsets.UTF_8);
          Terminal now = measure.apply(terminal);
          look.accept(new Console(console.in(), out, console.err(), now));
          out.flush();
          draw(picture.toString(StandardCharsets.UTF_8), now);
        });
  }

  @SuppressWarnings("try") // Signals are received as long as they are open.
  private int repeat(Runnable look) {
    ExecutorService looking = Executors.newSingleThreadExecutor(Watch::daemon);
    try (Signals signals = Signals.to(signal -> end.countDown())) {
      do {
        attempt(looking.submit(look));
      } while (!console.isAbandoned() && !end.await(interval.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      looking.shutdownNow();
    }
    console.flush();
    return 0;
  }

  /** A server that does not answer must not keep the program from ending. */
  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "watch");
    thread.setDaemon(true);
    return thread;
  }

  private void attempt(Future<?> look) throws InterruptedException {
    try {
      await(look);
      worked = true;
      if (lost) {
        say("connected again");
      }
      lost = false;
    } catch (ExecutionException failure) {
      survive(failure);
    }
  }

  private void await(Future<?> look) throws InterruptedException, ExecutionException {
    while (end.getCount() > 0) {
      try {
        look.get(50, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException stillLooking) {
        // Unless Ctrl-C was pressed, it has all the time it needs.
      }
    }
    try {
      look.get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException givenUp) {
      look.cancel(true);
    }
  }

  private void survive(ExecutionException wrapper) {
    RuntimeException failure =
        wrapper.getCause() instanceof RuntimeException known
            ? ServerFailure.explain(known)
            : new IllegalStateException(wrapper);
    boolean passing =
        failure instanceof PgtrailException known && known.code() == ErrorCode.UNAVAILABLE;
    if (end.getCount() == 0) {
      return;
    }
    if (!worked || !passing) {
      throw failure;
    }
    if (!lost) {
      say(failure.getMessage() + "; trying again until Ctrl-C");
    }
    lost = true;
  }

  private void say(String message) {
    console.remark("pgtrail: " + message);
    drawn = 0;
  }

  private void draw(String picture, Terminal now) {
    String begin = now.equals(terminal) ? "" : CLEAR;
    drawn = begin.isEmpty() ? drawn : 0;
    terminal = now;
    if (terminal.present()) {
      console.out().print(begin + frame(picture.split("\n")));
    } else {
      console.out().print(worked ? "\n" + picture : picture);
    }
    console.flush();
  }

  /** In one go, each line over the former one, so that nothing flickers. */
  private String frame(String[] lines) {
    int room = Math.max(1, terminal.height() - 1);
    int whole = lines.length > room ? room - 1 : lines.length;
    StringBuilder frame = new StringBuilder(drawn == 0 ? "" : "\u001b[" + drawn + "A");
    for (int i = 0; i < whole; i++) {
      frame.append(lines[i]).append(END_OF_LINE);
    }
    if (whole < lines.length) {
      frame.append("(" + (lines.length - whole) + " more lines)").append(END_OF_LINE);
    }
    drawn = Math.min(room, lines.length);
    return frame.append("\u001b[J").toString();
  }
}
