package io.pgtrail.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A provider of OpenID Connect: discovery, keys, the authorization-code flow with PKCE, and signed
 * tokens. Who signs in there is decided by a field, and so is what is wrong with the token.
 */
public final class TestProvider implements QuarkusTestResourceLifecycleManager {

  private static final String CLIENT = "pgtrail";
  private static final String SECRET = "secret that the provider and pgtrail share";
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of whom it vouches, and how the token differs from what it should be. */
  static volatile String subject = "";

  static volatile Map<String, Object> wrongClaims = Map.of();
  static volatile boolean wrongKey;

  private final Map<String, Map<String, String>> asked = new ConcurrentHashMap<>();

  @SuppressWarnings("NullAway.Init")
  private HttpServer http;

  @SuppressWarnings("NullAway.Init")
  private KeyPair keys;

  @SuppressWarnings("NullAway.Init")
  private KeyPair otherKeys;

  @Override
  public Map<String, String> start() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      keys = generator.generateKeyPair();
      otherKeys = generator.generateKeyPair();
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (GeneralSecurityException | IOException failure) {
      throw new IllegalStateException(failure);
    }
    http.createContext("/.well-known/openid-configuration", this::discovery);
    http.createContext("/keys", this::keys);
    http.createContext("/authorize", this::authorize);
    http.createContext("/token", this::token);
    http.start();
    return Map.of(
        "quarkus.oidc.tenant-enabled",
        "true",
        "quarkus.oidc.auth-server-url",
        issuer(),
        "quarkus.oidc.client-id",
        CLIENT,
        "quarkus.oidc.credentials.secret",
        SECRET,
        "pgtrail.server.provider.title",
        "the Test Provider");
  }

  @Override
  public void stop() {
    http.stop(0);
  }

  private String issuer() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  private void discovery(HttpExchange exchange) throws IOException {
    answer(
        exchange,
        200,
        Map.of(
            "issuer", issuer(),
            "authorization_endpoint", issuer() + "/authorize",
            "token_endpoint", issuer() + "/token",
            "jwks_uri", issuer() + "/keys",
            "response_types_supported", List.of("code"),
            "subject_types_supported", List.of("public"),
            "code_challenge_methods_supported", List.of("S256"),
            "id_token_signing_alg_values_supported", List.of("RS256")));
  }

  private void keys(HttpExchange exchange) throws IOException {
    RSAPublicKey key = (RSAPublicKey) keys.getPublic();
    answer(
        exchange,
        200,
        Map.of(
            "keys",
            List.of(
                Map.of(
                    "kty", "RSA",
                    "kid", "one",
                    "use", "sig",
                    "alg", "RS256",
                    "n", BASE64.encodeToString(unsigned(key.getModulus().toByteArray())),
                    "e", BASE64.encodeToString(unsigned(key.getPublicExponent().toByteArray()))))));
  }

  private static byte[] unsigned(byte[] number) {
    return number[0] == 0 ? Arrays.copyOfRange(number, 1, number.length) : number;
  }

  /** Whoever is asked has signed in already, and comes back with a code. */
  private void authorize(HttpExchange exchange) throws IOException {
    Map<String, String> question = parameters(exchange.getRequestURI().getRawQuery());
    String code = UUID.randomUUID().toString();
    asked.put(code, question);
    exchange
        .getResponseHeaders()
        .add(
            "Location",
            question.get("redirect_uri")
                + "?code="
                + code
                + "&state="
                + Visitor.encoded(question.getOrDefault("state", "")));
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  /** A code is good for one token, for the client alone that asked, who proves that it did. */
  private void token(HttpExchange exchange) throws IOException {
    Map<String, String> request =
        parameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    @Nullable Map<String, String> question = asked.remove(request.getOrDefault("code", ""));
    String client =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
    if (question == null
        || !client.equals(exchange.getRequestHeaders().getFirst("Authorization"))
        || !CLIENT.equals(question.get("client_id"))
        || !"S256".equals(question.get("code_challenge_method"))
        || !challenge(request.getOrDefault("code_verifier", ""))
            .equals(question.get("code_challenge"))
        || !question.getOrDefault("redirect_uri", "").equals(request.get("redirect_uri"))) {
      answer(exchange, 400, Map.of("error", "invalid_grant"));
      return;
    }
    String idToken = jwt(question.getOrDefault("nonce", ""));
    answer(
        exchange,
        200,
        Map.of(
            "token_type",
            "Bearer",
            "expires_in",
            300,
            "access_token",
            UUID.randomUUID().toString(),
            "id_token",
            idToken));
  }

  private static String challenge(String verifier) {
    try {
      return BASE64.encodeToString(
          MessageDigest.getInstance("SHA-256")
              .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private String jwt(String nonce) {
    Map<String, Object> claims = new HashMap<>();
    claims.put("iss", issuer());
    claims.put("aud", CLIENT);
    claims.put("sub", subject);
    claims.put("nonce", nonce);
    claims.put("iat", Instant.now().getEpochSecond());
    claims.put("exp", Instant.now().getEpochSecond() + 300);
    // What the account may do is not the provider's to say.
    claims.put("groups", List.of("admin", "operator"));
    claims.putAll(wrongClaims);
    try {
      String content = base64(Map.of("alg", "RS256", "kid", "one")) + "." + base64(claims);
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign((wrongKey ? otherKeys : keys).getPrivate());
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return content + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static String base64(Map<String, ?> document) {
    try {
      return BASE64.encodeToString(JSON.writeValueAsBytes(document));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Map<String, String> parameters(String text) {
    return Arrays.stream(text.split("&", -1))
        .map(pair -> pair.split("=", 2))
        .filter(pair -> pair.length == 2)
        .collect(
            Collectors.toMap(
                pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
  }

  private static void answer(HttpExchange exchange, int status, Map<String, ?> document)
      throws IOException {
    byte[] body = JSON.writeValueAsBytes(document);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
