package io.pgtrail.cli;

import java.util.Map;
import java.util.UUID;

/** Stands where the server is, which is above this module, for tests that look at commands only. */
final class UncalledPageServer implements PageServer {

  @Override
  public Serving start(Map<String, String> configuration) {
    throw new AssertionError("nothing is served here");
  }

  @Override
  public String hash(String secret) {
    throw new AssertionError("nothing is hashed here");
  }

  @Override
  public String newTokenSecret() {
    throw new AssertionError("no token is made here");
  }

  @Override
  public String token(UUID id, String secret) {
    throw new AssertionError("no token is made here");
  }
}
