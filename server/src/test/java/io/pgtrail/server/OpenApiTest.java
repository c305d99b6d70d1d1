package io.pgtrail.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.testkit.GeneratedPage;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** The description of REST that programs are written against. */
@QuarkusTest
@QuarkusTestResource(Watched.class)
class OpenApiTest {

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI server;

  @Test
  void describesEveryAddressInTheFormOfToday() throws Exception {
    JsonNode description =
        new ObjectMapper()
            .readTree(
                new Visitor(server).signedInAs("auditor").get("/api/openapi?format=json").body());

    assertThat(description.path("openapi").asText()).startsWith("3.1");
    assertThat(description.path("paths").fieldNames())
        .toIterable()
        .contains("/api/v1/targets/{target}/operations", "/api/v1/targets/{target}/events")
        .noneMatch(path -> path.startsWith("/t/"));
    assertThat(description.at("/components/schemas/OperationDocument/properties").fieldNames())
        .toIterable()
        .contains("started_at", "duration_ms")
        .doesNotContain("startedAt");
  }

  @Test
  void isTheOneInTheReference() throws Exception {
    GeneratedPage.named("openapi.yaml")
        .mustBe(new Visitor(server).signedInAs("auditor").get("/api/openapi").body());
  }
}
