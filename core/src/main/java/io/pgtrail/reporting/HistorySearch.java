package io.pgtrail.reporting;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * Finds a page of operations that may be rare. Walking back through the index by time until the
 * page is full is quickest where it fills soon, and three to five times slower than reading the
 * whole table where it does not. So the search goes back in steps, each eight times as long as the
 * one before: the first step walks, the others leave it to the planner how to read them, with all
 * processes that the server grants, which it does not to a cursor.
 */
final class HistorySearch {

  /** Beyond it, keys would take more memory than a cursor. */
  private static final long LARGEST_PAGE = 10_000;

  private static final List<Duration> STEPS =
      List.of(
          Duration.ofHours(1), Duration.ofHours(8), Duration.ofHours(64), Duration.ofHours(512));

  private final HistoryFilter filter;
  private final boolean abridged;
  private final Consumer<Instant> searched;
  private final List<String> keys = new ArrayList<>();

  /**
   * @param abridged whether of long texts the beginning is enough
   * @param searched told how far back the search is, after each step that did not fill the page
   */
  HistorySearch(HistoryFilter filter, boolean abridged, Consumer<Instant> searched) {
    this.filter = filter;
    this.abridged = abridged;
    this.searched = searched;
  }

  /** Whether this filter is for a page of what may be rare. */
  static boolean suits(HistoryFilter filter, boolean readsAll) {
    boolean selects =
        Stream.of(
                filter.type(),
                filter.user(),
                filter.name(),
                filter.object(),
                filter.text(),
                filter.tenant())
            .anyMatch(Optional::isPresent);
    return (selects || !readsAll) && filter.limit() > 0 && filter.limit() <= LARGEST_PAGE;
  }

  /** Hands over the page, in a transaction with one snapshot for all of its steps. */
  void newestFirst(Handle handle, Predicate<Operation> next) {
    search(handle);
    HistoryQuery.ofKeys(keys).abridged(abridged).newestFirst(handle, 0, next);
  }

  private void search(Handle handle) {
    Instant newest = newest(handle);
    Optional<Instant> reached = Optional.empty();
    for (Duration step : STEPS) {
      Instant from = newest.minus(step);
      find(handle, Optional.of(from), reached);
      if (isFull() || filter.since().filter(since -> !since.isBefore(from)).isPresent()) {
        return;
      }
      searched.accept(from);
      reached = Optional.of(from);
    }
    find(handle, Optional.empty(), reached);
  }

  /** Where to begin, which need not be exact: the first step has no end. */
  private Instant newest(Handle handle) {
    Instant now = handle.createQuery("select now()").mapTo(OffsetDateTime.class).one().toInstant();
    return Stream.of(
            Optional.of(now), filter.until(), filter.before().map(HistoryCursor::startedAt))
        .flatMap(Optional::stream)
        .min(Instant::compareTo)
        .orElse(now)
        .truncatedTo(ChronoUnit.MICROS);
  }

  private void find(Handle handle, Optional<Instant> from, Optional<Instant> to) {
    HistoryQuery step = new HistoryQuery(filter).between(from, to);
    long missing = filter.limit() - keys.size();
    keys.addAll(to.isEmpty() ? step.walk(handle, missing) : step.sift(handle, missing));
  }

  private boolean isFull() {
    return keys.size() >= filter.limit();
  }
}
