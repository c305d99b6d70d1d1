package io.pgtrail.reporting;

import io.pgtrail.connection.ServerFailure;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * The end of the trail as it grows: each reading gives what was recorded since the one before, once
 * when an operation begins and again when it ends. Not safe for concurrent use.
 */
public final class HistoryTail {

  /** So many running operations are remembered, to show how they end. */
  private static final int REMEMBERED = 1000;

  /**
   * Places in the feed that a snapshot sees as over; what is at another place is news. A standby
   * does not know which transactions are open, so there news waits for all that began before it.
   */
  private static final String PLACE =
      """
      select
          p.horizon::text as horizon,
          case when p.standby then p.horizon else p.xmax + p.base end::text as next,
          case when p.standby then '{}' else
              array(select x::text::bigint + p.base from pg_snapshot_xip(p.snapshot) as x)::text
          end as unfinished,
          p.standby
      from (
          select
              s.snapshot, pg_is_in_recovery() as standby,
              pg_snapshot_xmax(s.snapshot)::text::bigint as xmax,
              pgtrail.feed_horizon()::text::bigint as horizon,
              pgtrail.feed_horizon()::text::bigint
                  - pg_snapshot_xmin(s.snapshot)::text::bigint as base
          from (select pg_current_snapshot() as snapshot) as s
      ) as p
      """;

  private static final String NEWS =
      """
      (s.recorded_xid >= cast(:next as xid8)
          or s.recorded_xid = any(cast(:unfinished as xid8[]))
          or s.script_execution_hk = any(cast(:running as bytea[])))\
      """;

  private record Place(String horizon, String next, String unfinished, boolean standby) {}

  private final Jdbi jdbi;
  private final HistoryFilter filter;
  private final Map<String, Long> running = new LinkedHashMap<>();
  private @Nullable Place last;

  /**
   * @param filter its limit is for the first reading alone
   */
  public HistoryTail(Jdbi jdbi, HistoryFilter filter) {
    this.jdbi = jdbi;
    this.filter = filter;
  }

  /**
   * Hands over the newest operations the first time, the oldest of them first, and then what is
   * new. A reading that fails is repeated as a whole by the next one.
   *
   * @param next gets each operation; false stops the reading
   * @throws io.pgtrail.error.PgtrailException {@code NOT_INSTALLED}, {@code NOT_PERMITTED}, {@code
   *     TENANT_NOT_GRANTED} or {@code UNAVAILABLE}
   */
  public void read(Predicate<Operation> next) {
    try {
      // One snapshot for the place and for what is before it.
      jdbi.useTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> read(handle, next));
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private void read(Handle handle, Predicate<Operation> next) {
    Tenants.choose(handle, filter.tenant());
    Place place =
        handle
            .createQuery(PLACE)
            .map(
                (row, context) ->
                    new Place(
                        row.getString("horizon"),
                        row.getString("next"),
                        row.getString("unfinished"),
                        row.getBoolean("standby")))
            .one();
    HistoryQuery query = new HistoryQuery(filter);
    Optional.ofNullable(last).ifPresent(from -> since(query, from));
    if (place.standby()) {
      query.where("s.recorded_xid < cast(:horizon as xid8)", "horizon", place.horizon());
    }
    long limit = last == null ? filter.limit() : 0;
    query.newestLast(handle, limit, operation -> !isNews(operation) || next.test(operation));
    last = place;
  }

  private void since(HistoryQuery query, Place from) {
    String keys =
        running.keySet().stream()
            .map(key -> "\"\\\\x" + key + '"')
            .collect(Collectors.joining(",", "{", "}"));
    query
        .where(NEWS, "next", from.next())
        .with("unfinished", from.unfinished())
        .with("running", keys);
  }

  private boolean isNews(Operation operation) {
    boolean news = !Long.valueOf(operation.version()).equals(running.remove(operation.key()));
    if (operation.status().equals("RUNNING")) {
      running.put(operation.key(), operation.version());
      forgetEldest();
    }
    return news;
  }

  private void forgetEldest() {
    if (running.size() > REMEMBERED) {
      Iterator<String> eldest = running.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
  }
}
