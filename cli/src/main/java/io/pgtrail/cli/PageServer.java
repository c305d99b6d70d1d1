package io.pgtrail.cli;

import java.net.URI;
import java.util.Map;
import java.util.UUID;

/** Serves pages, REST and metrics. The module that does it is above this one, and hands it in. */
public interface PageServer {

  /**
   * Starts serving, and returns when it does.
   *
   * @param configuration what goes before files and environment, by the names that these have
   */
  Serving start(Map<String, String> configuration);

  /** The slow, salted hash of a password or of the secret of a token. */
  String hash(String secret);

  /** The secret part of a new token. */
  String newTokenSecret();

  /** The token as programs send it. */
  String token(UUID id, String secret);

  /** What is being served, until it is closed. */
  interface Serving extends AutoCloseable {

    /** Where a browser finds it. */
    URI address();

    /** Waits until it ends by itself or is closed. */
    void await() throws InterruptedException;

    @Override
    void close();
  }
}
