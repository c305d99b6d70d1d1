package io.pgtrail.server.api;

import io.pgtrail.server.security.Account;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The end of the feed of each target, as each role sees it. */
@Singleton
class RecentFeeds {

  /** With the rights: who loses some shall not see what others with the same role saw before. */
  private record Sight(String target, String role, Set<String> rights) {}

  private final Map<Sight, RecentFeed> feeds = new ConcurrentHashMap<>();

  RecentFeed of(String target, Account account) {
    return feeds.computeIfAbsent(
        new Sight(target, account.actsAs(), account.rights()), unused -> new RecentFeed());
  }
}
