package io.pgtrail.server.api;

import io.pgtrail.reporting.Feed;
import io.pgtrail.reporting.FeedPlace;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The end of the feed, read once for all who listen as the same role: it is the same for them.
 * Whoever is further back reads by itself until it has caught up.
 */
final class RecentFeed {

  private static final Duration FRESH = Duration.ofMillis(500);
  private static final Duration DESERTED = Duration.ofSeconds(10);
  private static final int MOST_KEPT = 1000;

  /**
   * Who listens asks every second. Whoever comes back from further reads by itself, with the rights
   * that it has then.
   */
  private static final Duration KEPT = Duration.ofSeconds(3);

  private record Kept(Feed.Entry entry, long at) {}

  private final Lock lock = new ReentrantLock();
  private final Deque<Kept> entries = new ArrayDeque<>();
  private @Nullable FeedPlace begin;
  private @Nullable FeedPlace reached;
  private long readAt;

  /**
   * What comes after a place.
   *
   * @param feed to read on with
   * @param most at most so many
   */
  Feed.Stretch after(FeedPlace place, Feed feed, int most) {
    if (!lock.tryLock()) {
      // Nobody waits for somebody who waits for the database: the next time is soon.
      return new Feed.Stretch(List.of(), place);
    }
    Feed.Stretch known;
    try {
      known = known(place, feed, most);
    } finally {
      lock.unlock();
    }
    return known == null ? feed.after(place, most) : known;
  }

  private Feed.@Nullable Stretch known(FeedPlace place, Feed feed, int most) {
    FeedPlace end = readOn(feed, most);
    if (begin == null || place.compareTo(begin) < 0) {
      return null;
    }
    List<Feed.Entry> later = new ArrayList<>();
    for (Kept kept : entries) {
      Feed.Entry entry = kept.entry();
      if (entry.place().compareTo(place) > 0) {
        if (later.size() == most) {
          return new Feed.Stretch(later, later.get(most - 1).place());
        }
        later.add(entry);
      }
    }
    return new Feed.Stretch(later, place.compareTo(end) > 0 ? place : end);
  }

  private FeedPlace readOn(Feed feed, int most) {
    long now = System.nanoTime();
    FeedPlace end = reached;
    boolean all = true;
    forget(now);
    if (end == null || now - readAt > DESERTED.toNanos()) {
      entries.clear();
      end = feed.end();
      begin = end;
    } else if (now - readAt > FRESH.toNanos()) {
      Feed.Stretch stretch = feed.after(end, most);
      stretch.entries().forEach(entry -> keep(entry, now));
      end = stretch.reached();
      all = stretch.entries().size() < most;
    } else {
      return end;
    }
    reached = end;
    // Where there is more, whoever asks next reads it.
    readAt = all ? now : readAt;
    return end;
  }

  private void keep(Feed.Entry entry, long now) {
    entries.add(new Kept(entry, now));
    if (entries.size() > MOST_KEPT) {
      begin = entries.remove().entry().place();
    }
  }

  private void forget(long now) {
    while (!entries.isEmpty() && now - entries.element().at() > KEPT.toNanos()) {
      begin = entries.remove().entry().place();
    }
  }
}
