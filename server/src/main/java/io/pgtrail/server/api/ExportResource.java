package io.pgtrail.server.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryFilter;
import io.pgtrail.server.security.Caller;
import io.pgtrail.server.targets.Target;
import io.pgtrail.server.targets.Targets;
import io.pgtrail.server.web.OperationsQuery;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** Operations as a file, however many they are. */
@Path("/api/v1/targets/{target}/export")
@RolesAllowed("viewer")
public class ExportResource {

  private final Targets targets;
  private final Caller caller;
  private final Exports exports;
  private final ObjectMapper json;

  @PathParam("target")
  String target = "";

  @Inject
  ExportResource(Targets targets, Caller caller, Exports exports, ObjectMapper json) {
    this.targets = targets;
    this.caller = caller;
    this.exports = exports;
    this.json = json;
  }

  /**
   * The operations that the list would show, newest first, as of one moment. {@code format} is
   * ndjson, an object a line, or csv, where a text that a spreadsheet would calculate begins with
   * an apostrophe. When something fails midway or takes too long, the connection breaks: a file
   * that ended well is whole. Each account writes one at a time.
   */
  @GET
  @Path("operations")
  @APIResponse(
      responseCode = "200",
      content = {
        @Content(
            mediaType = "application/x-ndjson",
            schema = @Schema(implementation = OperationDocument.class)),
        @Content(mediaType = "text/csv", schema = @Schema(implementation = String.class))
      })
  public Response operations(
      @BeanParam OperationsQuery query,
      @QueryParam("format") @Nullable String format,
      @Context RoutingContext http) {
    boolean csv = isCsv(format);
    HistoryFilter filter = query.export();
    Target from = targets.named(target);
    History history = new History(caller.at(from));
    String account = caller.account().name();
    StreamingOutput content =
        out ->
            exports.run(
                from.name(),
                account,
                http,
                clock -> {
                  Writer writer =
                      new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
                  write(
                      history,
                      filter,
                      clock,
                      csv
                          ? OperationExport.csv(writer)
                          : OperationExport.ndjson(writer, json.writer()));
                  writer.flush();
                });
    return Response.ok(content)
        .type(csv ? "text/csv;charset=UTF-8" : "application/x-ndjson")
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            "attachment; filename=\"operations." + (csv ? "csv" : "ndjson") + "\"")
        .build();
  }

  private static boolean isCsv(@Nullable String format) {
    return switch (format == null ? "ndjson" : format) {
      case "ndjson" -> false;
      case "csv" -> true;
      default ->
          throw new PgtrailException(
              ErrorCode.INVALID_ARGUMENT, "The parameter 'format' is ndjson or csv", null);
    };
  }

  private static void write(
      History history, HistoryFilter filter, Runnable clock, OperationExport export)
      throws IOException {
    export.begin();
    try {
      history.read(
          filter,
          operation -> {
            clock.run();
            try {
              export.write(OperationDocument.of(operation));
              return true;
            } catch (IOException gone) {
              throw new UncheckedIOException(gone);
            }
          });
    } catch (UncheckedIOException gone) {
      throw new IOException("Whoever asked is gone", gone);
    }
  }
}
