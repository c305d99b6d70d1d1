package io.pgtrail.server.security;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.quarkus.elytron.security.common.BcryptUtil;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Compares secrets with slow hashes, so many at a time that who guesses cannot keep the server
 * busy.
 */
final class SecretCheck {

  private static final int REMEMBERED = 1000;
  private static final int LONGEST_SECRET = 72;
  private static final int PATIENCE_SECONDS = 5;
  private static final int LONGEST_QUEUE = 8;

  /** What is compared where there is no hash, so that the answer takes as long. */
  private static final String NOBODY = BcryptUtil.bcryptHash(UUID.randomUUID().toString());

  private final Semaphore turns =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

  private final Set<String> proven =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > REMEMBERED;
                }
              }));

  /**
   * Whether a secret is the one of a hash. Takes as long where there is none.
   *
   * @throws PgtrailException {@code UNAVAILABLE} when too many ask at once
   */
  boolean matches(String secret, Optional<String> hash) {
    // What is longer bcrypt would cut off, and two passwords would be one.
    boolean usable = secret.getBytes(StandardCharsets.UTF_8).length <= LONGEST_SECRET;
    try {
      if (turns.getQueueLength() >= LONGEST_QUEUE
          || !turns.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new PgtrailException(
            ErrorCode.UNAVAILABLE, "Too many sign in at once", "Try again in a moment.");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new PgtrailException(
          ErrorCode.UNAVAILABLE, "The sign-in was interrupted", null, interrupted);
    }
    try {
      return BcryptUtil.matches(usable ? secret : "", hash.orElse(NOBODY))
          && usable
          && hash.isPresent();
    } finally {
      turns.release();
    }
  }

  /** The same for the random secret of a token, which is compared slowly but the first time. */
  boolean matchesToken(String secret, String hash) {
    String proof = digest(hash + "\n" + secret);
    if (proven.contains(proof)) {
      return true;
    }
    boolean matches = matches(secret, Optional.of(hash));
    if (matches) {
      proven.add(proof);
    }
    return matches;
  }

  /** What is kept of a secret that is compared often: it cannot be read back. */
  static String digest(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
