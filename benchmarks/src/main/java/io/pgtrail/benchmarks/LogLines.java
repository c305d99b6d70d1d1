package io.pgtrail.benchmarks;

import io.pgtrail.logs.LogImport;
import io.pgtrail.logs.LogReading;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** The log of a busy server: most lines are statements that went well, one in a hundred failed. */
final class LogLines {

  private static final int LINES = 300_000;
  private static final int FAILED_EVERY = 100;

  private static final String CSV =
      "2026-03-01 12:00:00.123 UTC,\"shop\",\"tracked\",4711,\"10.0.0.1:5432\",%s,%d,\"SELECT\","
          + "2026-03-01 11:00:00 UTC,3/%2$d,0,%s,%s,\"%s\",,,,,,%s,,,\"shop \"\"web\"\"\","
          + "\"client backend\",,0\n";
  private static final String JSON =
      "{\"timestamp\":\"2026-03-01 12:00:00.123 UTC\",\"user\":\"shop\",\"dbname\":\"tracked\","
          + "\"pid\":4711,\"remote_host\":\"10.0.0.1\",\"remote_port\":5432,\"session_id\":\"%s\","
          + "\"line_num\":%d,\"ps\":\"SELECT\",\"session_start\":\"2026-03-01 11:00:00 UTC\","
          + "\"vxid\":\"3/%2$d\",\"txid\":0,\"error_severity\":\"%s\",\"state_code\":\"%s\","
          + "\"message\":\"%s\",\"statement\":%s,\"application_name\":\"shop \\\"web\\\"\","
          + "\"backend_type\":\"client backend\",\"query_id\":0}\n";

  private final DataSource database;

  LogLines(DataSource database) {
    this.database = database;
  }

  List<Figure> measure() {
    return List.of(
        figure("jsonlog", JSON, "65e1a3c0.1267"), figure("csvlog", CSV, "65e1a3c1.1267"));
  }

  private Figure figure(String format, String pattern, String session) {
    byte[] log = log(pattern, session);
    long begin = System.nanoTime();
    LogReading reading =
        new LogImport(Jdbi.create(database)).read(new ByteArrayInputStream(log), soFar -> {});
    long elapsed = System.nanoTime() - begin;
    if (reading.records() != LINES || reading.recorded() != LINES / FAILED_EVERY) {
      throw new IllegalStateException("Not all was recorded: " + reading.inWords());
    }
    return Figure.atLeast(
        "log reader, %s, one line in %d of an error".formatted(format, FAILED_EVERY),
        LINES * 1e9 / elapsed,
        "lines/s",
        50_000);
  }

  private static byte[] log(String pattern, String session) {
    String text =
        "select o.id, o.ordered_at from shop.purchase as o where o.customer = 'x' limit 50";
    StringBuilder log = new StringBuilder();
    for (int line = 1; line <= LINES; line++) {
      boolean failed = line % FAILED_EVERY == 0;
      log.append(
          String.format(
              Locale.ROOT,
              pattern,
              session,
              line,
              failed ? "ERROR" : "LOG",
              failed ? "42703" : "00000",
              failed
                  ? "column o.customer does not exist"
                  : "duration: 1.234 ms  statement: " + text,
              failed ? "\"" + text + "\"" : "\"\""));
    }
    return log.toString().getBytes(StandardCharsets.UTF_8);
  }
}
