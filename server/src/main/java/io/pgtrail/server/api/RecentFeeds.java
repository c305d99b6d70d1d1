package io.pgtrail.server.api;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The end of the feed of each target, as each role sees it. */
@Singleton
class RecentFeeds {

  private record Sight(String target, String role) {}

  private final Map<Sight, RecentFeed> feeds = new ConcurrentHashMap<>();

  RecentFeed of(String target, String role) {
    return feeds.computeIfAbsent(new Sight(target, role), unused -> new RecentFeed());
  }
}
