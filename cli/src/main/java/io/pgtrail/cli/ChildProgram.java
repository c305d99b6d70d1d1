package io.pgtrail.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs in our place: it has our input and output, gets our signals, and its exit
 * code is ours.
 */
final class ChildProgram {

  /** Exit codes as shells give them. */
  static final int NOT_EXECUTABLE = 126;

  static final int NOT_FOUND = 127;
  static final int KILLED = 128;

  private final List<String> command;
  private @Nullable Process process;
  private @Nullable String early;

  ChildProgram(List<String> command) {
    this.command = List.copyOf(command);
  }

  /**
   * Runs the program to its end.
   *
   * @return its exit code; 128 and the number of the signal that killed it
   * @throws IOException if there is no such program
   */
  int run() throws IOException {
    Process started;
    synchronized (this) {
      if (early != null) {
        return KILLED + Signals.number(early);
      }
      started = new ProcessBuilder(command).inheritIO().start();
      process = started;
    }
    while (true) {
      try {
        return started.waitFor();
      } catch (InterruptedException interrupted) {
        started.destroy();
      }
    }
  }

  /** Passes a signal on; one that comes before the program began keeps it from beginning. */
  synchronized void signal(String name) {
    if (process == null) {
      early = name;
    } else if (name.equals("TERM")) {
      process.destroy();
    } else if (!(name.equals("INT") && hasTerminal())) {
      // Ctrl-C reaches all programs of a terminal; a second one would mean "at once".
      kill(name, process.pid());
    }
  }

  private static boolean hasTerminal() {
    try (FileChannel terminal = FileChannel.open(Path.of("/dev/tty"), StandardOpenOption.READ)) {
      return terminal.isOpen();
    } catch (IOException none) {
      return false;
    }
  }

  private static void kill(String signal, long processId) {
    try {
      new ProcessBuilder("sh", "-c", "kill -s \"$0\" \"$1\"", signal, String.valueOf(processId))
          .redirectError(Redirect.DISCARD)
          .start();
    } catch (IOException noShell) {
      ProcessHandle.of(processId).ifPresent(ProcessHandle::destroy);
    }
  }
}
