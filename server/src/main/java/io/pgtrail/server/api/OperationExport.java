package io.pgtrail.server.api;

import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How operations are written to a file, one by one. */
interface OperationExport {

  /** What comes before the first. */
  void begin() throws IOException;

  void write(OperationDocument operation) throws IOException;

  /** A JSON object a line. */
  static OperationExport ndjson(Writer out, ObjectWriter json) {
    return new OperationExport() {
      @Override
      public void begin() {}

      @Override
      public void write(OperationDocument operation) throws IOException {
        out.write(json.writeValueAsString(operation));
        out.write('\n');
      }
    };
  }

  /** A header, then a line each. */
  static OperationExport csv(Writer out) {
    CsvLines lines = new CsvLines(out);
    return new OperationExport() {
      @Override
      public void begin() throws IOException {
        lines.line(
            Arrays.asList(
                "key",
                "version",
                "name",
                "type",
                "status",
                "started_at",
                "duration_ms",
                "session_user",
                "effective_role",
                "application_name",
                "application_user",
                "client_address",
                "objects",
                "statement",
                "error",
                "metadata"));
      }

      @Override
      public void write(OperationDocument operation) throws IOException {
        lines.line(
            Arrays.<@Nullable Object>asList(
                operation.key(),
                operation.version(),
                operation.name(),
                operation.type(),
                operation.status(),
                operation.startedAt(),
                operation.durationMs() == null ? null : operation.durationMs().toPlainString(),
                operation.sessionUser(),
                operation.effectiveRole(),
                operation.applicationName(),
                operation.applicationUser(),
                operation.clientAddress(),
                String.join(";", operation.objects()),
                operation.statement(),
                operation.error(),
                operation.metadata()));
      }
    };
  }
}
