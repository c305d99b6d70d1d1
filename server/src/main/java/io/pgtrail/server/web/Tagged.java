package io.pgtrail.server.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Answers with a tag, the hash of what they say: whoever sends it back as {@code If-None-Match} is
 * told that nothing changed instead of all again. For programs that keep what they read; no cache
 * on the way may.
 */
@Singleton
public class Tagged {

  private final ObjectMapper json;

  @Inject
  Tagged(ObjectMapper json) {
    this.json = json;
  }

  /** A document. */
  public Response json(Request request, Object document) {
    try {
      return answer(request, json.writeValueAsBytes(document), MediaType.APPLICATION_JSON);
    } catch (JsonProcessingException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** A text. */
  public Response text(Request request, String text) {
    return answer(
        request, text.getBytes(StandardCharsets.UTF_8), MediaType.TEXT_PLAIN + ";charset=UTF-8");
  }

  private static Response answer(Request request, byte[] body, String type) {
    EntityTag tag = new EntityTag(hash(body));
    return Optional.ofNullable(request.evaluatePreconditions(tag))
        .orElseGet(() -> Response.ok(body, type))
        .tag(tag)
        .build();
  }

  private static String hash(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body), 0, 16);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
