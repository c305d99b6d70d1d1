package io.pgtrail.testkit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A password that is checked in one round instead of the 4096 that make passwords hard to guess:
 * they would cost each connection of a test about 10 ms. PostgreSQL has a setting for that since
 * 16, but stores such a secret (RFC 5802) in all versions.
 */
final class QuickPassword {

  private static final String SALT = "as salt for tests";

  private QuickPassword() {}

  /** Gives what to write after {@code password} in a statement about a role. */
  static String literal(String password) {
    byte[] salt = SALT.getBytes(StandardCharsets.UTF_8);
    byte[] salted = hmac(password.getBytes(StandardCharsets.UTF_8), SALT + "\0\0\0\1");
    return "'SCRAM-SHA-256$1:%s$%s:%s'"
        .formatted(
            text(salt), text(sha256(hmac(salted, "Client Key"))), text(hmac(salted, "Server Key")));
  }

  private static byte[] hmac(byte[] key, String message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String text(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
