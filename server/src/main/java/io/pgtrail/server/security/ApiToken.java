package io.pgtrail.server.security;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a program sends instead of a password: {@code pgt_ID_SECRET}.
 *
 * @param id under which the database keeps the hash of the secret
 * @param secret 256 random bits
 */
public record ApiToken(UUID id, String secret) {

  private static final Pattern FORM =
      Pattern.compile("pgt_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_([A-Za-z0-9_-]{43})");
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new secret, to be shown once. */
  public static String newSecret() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Reads what {@link #text()} gave; empty for anything else. */
  public static Optional<ApiToken> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    return matcher.matches()
        ? Optional.of(new ApiToken(UUID.fromString(matcher.group(1)), matcher.group(2)))
        : Optional.empty();
  }

  /** The whole token. */
  public String text() {
    return "pgt_" + id + "_" + secret;
  }

  @Override
  public String toString() {
    return "pgt_" + id;
  }
}
