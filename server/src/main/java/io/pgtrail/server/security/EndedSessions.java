package io.pgtrail.server.security;

import io.quarkus.security.identity.SecurityIdentity;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Sessions that were signed out of: their cookie is gone from the browser, but somebody may have
 * copied it. Remembers a bounded number, the latest.
 */
@Singleton
public class EndedSessions {

  private static final int REMEMBERED = 10_000;

  private final Set<String> ended =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > REMEMBERED;
                }
              }));

  /** Somebody signs out. */
  public void end(SecurityIdentity identity) {
    Identities.session(identity).map(OpenSession::key).ifPresent(ended::add);
  }

  /** Whether it was signed out of, or has lasted as long as it may. */
  boolean isOver(OpenSession session, Instant now) {
    return ended.contains(session.key()) || !now.isBefore(session.until());
  }
}
