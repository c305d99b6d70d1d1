package io.pgtrail.cli;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --watch} of reports and listings. */
final class WatchOption {

  private static final BigDecimal SHORTEST = new BigDecimal("0.1");
  private static final BigDecimal LONGEST = BigDecimal.valueOf(86_400);

  @Option(
      names = "--watch",
      arity = "0..1",
      paramLabel = "SECONDS",
      fallbackValue = "2",
      description = "Go on until Ctrl-C, looking again every so many seconds; 2 if none are given.")
  private @Nullable BigDecimal seconds;

  /** The watch, if one is wanted. */
  Optional<Watch> watch(PgtrailCommand root) {
    return Optional.ofNullable(seconds)
        .map(
            wanted ->
                new Watch(
                    root.console(),
                    interval(wanted),
                    terminal -> terminal.measured(root.environment())));
  }

  private static Duration interval(BigDecimal seconds) {
    if (seconds.compareTo(SHORTEST) < 0 || seconds.compareTo(LONGEST) > 0) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "--watch " + seconds.toPlainString() + " is too short or too long",
          "Give 0.1 to 86400 seconds.");
    }
    return Duration.ofMillis(seconds.movePointRight(3).longValue());
  }
}
