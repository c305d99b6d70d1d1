package io.pgtrail.server.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.tracking.RequestKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What tells whether a request was sent before: its header, and what it asks for. */
final class RequestKeys {

  static final String HEADER = "Idempotency-Key";

  private RequestKeys() {}

  /**
   * @param path what the request is about
   * @param body what it says
   */
  static Optional<RequestKey> of(
      @Nullable String header, String path, Object body, ObjectMapper json) {
    return Optional.ofNullable(header).map(key -> new RequestKey(key, digest(path, body, json)));
  }

  private static String digest(String path, Object body, ObjectMapper json) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((path + "\n").getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(json.writeValueAsBytes(body)));
    } catch (NoSuchAlgorithmException | JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
