package io.pgtrail.cli;

import io.pgtrail.connection.Environment;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where a command reads and writes: data to {@code out}, messages to {@code err}.
 *
 * @param terminal what is known of the terminal behind {@code out}
 */
record Console(InputStream in, PrintStream out, PrintStream err, Terminal terminal) {

  private static final int BUFFER = 1 << 16;

  /** The streams of this program, in UTF-8 whatever the locale says. */
  static Console ofProcess(Environment environment) {
    return new Console(
        System.in,
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER),
            false,
            StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        Terminal.detect(environment));
  }

  /** A line of data. */
  void say(String line) {
    out.print(line);
    out.print('\n');
  }

  /** A line of data that is there before the work that follows it. */
  void sayNow(String line) {
    say(line);
    flush();
  }

  /** A script: exactly as it is for a program, harmless for a terminal. */
  void script(String sql) {
    if (!sql.isEmpty()) {
      say(terminal.present() ? SafeText.lines(sql) : sql);
    }
    flush();
  }

  /** A line for the person, not for the pipe. */
  void remark(String line) {
    flush();
    err.print(SafeText.lines(line) + "\n");
    err.flush();
  }

  void flush() {
    out.flush();
  }

  /** Whether nobody reads any more, as after {@code | head}. */
  boolean isAbandoned() {
    return out.checkError();
  }
}
