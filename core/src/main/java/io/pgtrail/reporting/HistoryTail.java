package io.pgtrail.reporting;

import io.pgtrail.connection.SafePath;
import io.pgtrail.connection.ServerFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 *
 * <p>It is a consumer of the feed: it reads on from the place before which nothing can be added any
 * more. What is recorded while an older transaction is open stands beyond that place; it is shown
 * at once and remembered, so that it is not shown again. Where that is too much to remember, the
 * tail waits for the transaction.
 */
public final class HistoryTail {

  private static final int REMEMBERED = 10_000;

  private static final String BEYOND =
      """
      select encode(s.script_execution_hk, 'hex') as key, s.version_number,
          s.recorded_xid::text::bigint as place
      from script_tracking.script_execution_s as s
      where s.recorded_xid >= cast(:horizon as xid8)
      order by s.recorded_xid
      limit :most
      """;

  private static final String UNREAD =
      """
      s.recorded_xid >= cast(:from as xid8)
          and not exists (
              select
              from unnest(cast(:keys as bytea[]), cast(:versions as bigint[])) as k (key, version)
              where k.key = s.script_execution_hk and k.version = s.version_number
          )\
      """;

  private record Version(String key, long number) {}

  private final Jdbi jdbi;
  private final HistoryFilter filter;
  private final int most;

  /** Versions that were read beyond the horizon, and their places in the feed. */
  private Map<Version, Long> readBeyond = Map.of();

  private @Nullable Long horizon;

  /**
   * @param filter its limit is for the first reading alone
   */
  public HistoryTail(Jdbi jdbi, HistoryFilter filter) {
    this(jdbi, filter, REMEMBERED);
  }

  /**
   * With a memory of another size.
   *
   * @param most so many versions beyond the horizon are remembered
   */
  HistoryTail(Jdbi jdbi, HistoryFilter filter, int most) {
    this.jdbi = jdbi;
    this.filter = filter;
    this.most = most;
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
      // One snapshot for the horizon and for what is on both sides of it.
      jdbi.useTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> read(handle, next));
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private void read(Handle handle, Predicate<Operation> next) {
    SafePath.in(handle);
    Tenants.choose(handle, filter.tenant());
    long reached =
        handle.createQuery("select pgtrail.feed_horizon()::text::bigint").mapTo(Long.class).one();
    Map<Version, Long> beyond = beyond(handle, reached);
    boolean waits = beyond.size() > most;

    HistoryQuery query = new HistoryQuery(filter);
    if (horizon != null) {
      unread(query, horizon);
    }
    if (waits) {
      query.where("s.recorded_xid < cast(:horizon as xid8)", "horizon", Long.toString(reached));
    }
    query.newestLast(handle, horizon == null ? filter.limit() : 0, next);

    readBeyond = waits ? stillBeyond(reached) : beyond;
    horizon = reached;
  }

  private Map<Version, Long> beyond(Handle handle, long reached) {
    Map<Version, Long> beyond = new HashMap<>();
    handle
        .createQuery(BEYOND)
        .bind("horizon", Long.toString(reached))
        .bind("most", most + 1)
        .map(
            (row, context) ->
                Map.entry(
                    new Version(row.getString("key"), row.getLong("version_number")),
                    row.getLong("place")))
        .forEach(version -> beyond.put(version.getKey(), version.getValue()));
    return beyond;
  }

  private Map<Version, Long> stillBeyond(long reached) {
    return readBeyond.entrySet().stream()
        .filter(version -> version.getValue() >= reached)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private void unread(HistoryQuery query, long from) {
    List<Version> read = List.copyOf(readBeyond.keySet());
    query
        .where(UNREAD, "from", Long.toString(from))
        .with("keys", HistoryQuery.bytea(read.stream().map(Version::key).toList()))
        .with(
            "versions",
            read.stream()
                .map(version -> Long.toString(version.number()))
                .collect(Collectors.joining(",", "{", "}")));
  }
}
