package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.testkit.Await;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operations as a file. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class ExportTest {

  static final String EXPORT = "/api/v1/targets/shop/export/operations";
  static final String SESSION_OF_EXPORT =
      "from pg_stat_activity where usename = 'pgtrail_web' and state <> 'idle'"
          + " and query like '%script_execution_s%'";

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  /** Large ones, whose end no socket buffer reaches. */
  @BeforeAll
  static void record() {
    Watched.shop()
        .useHandle(
            handle -> {
              handle.execute(
                  """
                  select script_tracking.track_script_execution(
                      'Exported ' || g, 'EXPORTED', p_script_content => repeat('select 1; ', 2000))
                  from generate_series(1, 2500) as g
                  """);
              handle.execute(
                  "select script_tracking.track_operation('=1+2,\"x\"' || E'\\n', 'FORMULA')");
            });
  }

  @Test
  void everyOperationIsThereOnce() throws Exception {
    HttpResponse<String> export =
        new Visitor(server).signedInAs("auditor").get(EXPORT + "?type=exported");

    assertThat(export.headers().firstValue("content-type").orElse(""))
        .startsWith("application/x-ndjson");
    List<String> names = new ArrayList<>();
    for (String line : export.body().split("\n", -1)) {
      if (!line.isEmpty()) {
        JsonNode operation = new ObjectMapper().readTree(line);
        names.add(operation.path("name").asText());
        assertThat(operation.path("statement").asText()).hasSizeGreaterThan(15_000);
      }
    }
    assertThat(names).hasSize(2500).doesNotHaveDuplicates();
  }

  @Test
  void aSpreadsheetCalculatesNothing() throws Exception {
    HttpResponse<String> export =
        new Visitor(server).signedInAs("auditor").get(EXPORT + "?type=formula&format=csv");

    assertThat(export.body())
        .startsWith("key,version,name,type,status,")
        .contains(",\"'=1+2,\"\"x\"\"\n\",FORMULA,RUNNING,")
        .endsWith("\r\n");
  }

  @Test
  void aReaderExportsItsOwnTenantAndTheSystem() throws Exception {
    String export = new Visitor(server).signedInAs("acme").get(EXPORT + "?type=data_import").body();

    assertThat(export).contains("Import of acme").doesNotContain("Import of bolt");
  }

  @ParameterizedTest
  @CsvSource({
    "format=xlsx, 400, INVALID_ARGUMENT",
    "limit=-1, 400, INVALID_ARGUMENT",
    "tenant=unknown, 403, TENANT_NOT_GRANTED"
  })
  void whatCannotBeExportedIsAProblem(String query, int status, String code) throws Exception {
    HttpResponse<String> answer =
        new Visitor(server).signedInAs("auditor").get(EXPORT + "?" + query);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(new ObjectMapper().readTree(answer.body()).path("error_code").asText())
        .isEqualTo(code);
  }

  @Test
  void whatFailsMidwayDoesNotLookWhole() throws Exception {
    try (Socket reader = slowReader()) {
      InputStream in = reader.getInputStream();
      in.readNBytes(10_000);
      killExport();

      // The last chunk of a whole answer is empty.
      assertThat(restOf(in)).doesNotEndWith("\r\n0\r\n\r\n");
    }
  }

  @Test
  void whatFailsMidwayDoesNotLookWholeInHttp2Either() throws Exception {
    try (InputStream in =
        new Visitor(server).signedInAs("auditor").read(EXPORT + "?type=exported")) {
      in.readNBytes(10_000);
      killExport();

      assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
    }
  }

  private static void killExport() {
    assertThat(
            Watched.value("select bool_or(pg_terminate_backend(pid))::text " + SESSION_OF_EXPORT))
        .isEqualTo("true");
  }

  static String restOf(InputStream in) {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    try {
      in.transferTo(rest);
    } catch (IOException reset) {
      return "";
    }
    return rest.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void whoGoesAwayLeavesNothingBehind() throws Exception {
    try (Socket reader = slowReader()) {
      reader.getInputStream().readNBytes(10_000);
      assertThat(Watched.value("select (count(*) > 0)::text " + SESSION_OF_EXPORT))
          .isEqualTo("true");
    }

    Watched.await("select (count(*) = 0)::text " + SESSION_OF_EXPORT);
  }

  @Test
  void slowReadersLeaveConnectionsToTheOthers() throws Exception {
    Visitor acme = new Visitor(server).signedInAs("acme");
    try (Socket first = slowReader();
        Socket second = slowReader(server, "operator")) {
      first.getInputStream().readNBytes(10_000);
      second.getInputStream().readNBytes(10_000);

      HttpResponse<String> third = acme.get(EXPORT + "?type=exported");
      assertThat(third.statusCode()).isEqualTo(429);
      assertThat(third.body()).contains("2 exports of shop are being written", "15m at the latest");
      assertThat(acme.get("/api/v1/targets/shop/dashboard").statusCode()).isEqualTo(200);
      Watched.await(
          "select (count(*) > 0)::text from script_tracking.script_execution_s"
              + " where script_name = 'Refused to acme: GET "
              + EXPORT
              + "' and error_message like '2 exports of shop are being written%'");
    }
    Watched.await("select (count(*) = 0)::text " + SESSION_OF_EXPORT);
  }

  @Test
  void oneAccountHasOneExportAtATimeAndLeavesTheOtherToOthers() throws Exception {
    try (Socket slow = slowReader()) {
      slow.getInputStream().readNBytes(10_000);

      HttpResponse<String> second =
          new Visitor(server).signedInAs("auditor").get(EXPORT + "?type=formula");
      assertThat(second.statusCode()).isEqualTo(429);
      assertThat(second.headers().firstValue("content-type").orElse(""))
          .startsWith("application/problem+json");
      assertThat(second.body()).contains("for this account already", "close its connection");
      assertThat(new Visitor(server).signedInAs("acme").get(EXPORT + "?type=formula").statusCode())
          .isEqualTo(200);
    }
  }

  /** What a test leaves the server needs a moment to notice. */
  @AfterEach
  void nobodyWaitsForATurn() throws Exception {
    for (String account : List.of("auditor", "operator")) {
      String token = Watched.token(account).text();
      Await.until(
          "the turn of " + account,
          () ->
              new Visitor(server).getWithToken(EXPORT + "?type=formula", token).statusCode()
                  == 200);
    }
  }

  private Socket slowReader() throws IOException {
    return slowReader(server, "auditor");
  }

  /** Somebody who asks for an export and does not read it. */
  static Socket slowReader(URI server, String account) throws IOException {
    Socket socket = new Socket(server.getHost(), server.getPort());
    String request =
        "GET %s?type=exported HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(EXPORT, server.getAuthority(), Watched.token(account).text());
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }
}
