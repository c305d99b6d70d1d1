package io.pgtrail.reporting;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** A query of the trail: which operations, in which order. */
final class HistoryQuery {

  /** Small enough that pages of huge statements still fit into the memory of a small program. */
  private static final int ROWS_PER_FETCH = 200;

  private static final String COLUMNS =
      """
      select
          encode(s.script_execution_hk, 'hex') as key, s.version_number, s.script_name,
          s.script_type, s.execution_status, s.execution_timestamp, s.execution_duration_ms,
          case when jsonb_typeof(s.metadata -> 'duration_ms') = 'number'
              then (s.metadata ->> 'duration_ms')::numeric end as exact_duration_ms,
          s.db_session_user, s.effective_role, s.application_name, s.application_user,
          host(s.client_ip) as client_address, s.affected_objects, s.sql_command,
          s.error_message, s.metadata::text as metadata
      """;

  private static final String TRAIL = "from script_tracking.script_execution_s as s\n";

  private static final String NEWEST_FIRST =
      "order by s.execution_timestamp desc, s.script_execution_hk desc";

  private static final Set<String> STATUSES = Set.of("RUNNING", "COMPLETED", "FAILED");

  /** The same, but of long texts the beginning only, and no long metadata. */
  private static final String ABRIDGED_COLUMNS =
      COLUMNS
          .replace("s.sql_command", beginning("s.sql_command"))
          .replace("s.error_message", beginning("s.error_message"))
          .replace(
              "s.metadata::text",
              "case when pg_column_size(s.metadata) <= %d then s.metadata::text end"
                  .formatted(AbridgedOperation.LONGEST_METADATA));

  /** One character more than is shown tells that there is more. */
  private static String beginning(String column) {
    return "left(%1$s, %2$d) as %3$s"
        .formatted(column, AbridgedOperation.LONGEST_TEXT + 1, column.substring("s.".length()));
  }

  private final List<String> conditions = new ArrayList<>();
  private final Map<String, Object> values = new LinkedHashMap<>();
  private String columns = COLUMNS;

  HistoryQuery(HistoryFilter filter) {
    filter.since().ifPresent(moment("since", "s.execution_timestamp >= :since"));
    filter.until().ifPresent(moment("until", "s.execution_timestamp < :until"));
    filter.type().ifPresent(text("type", "s.script_type = upper(:type)"));
    filter.status().ifPresent(this::status);
    filter
        .user()
        .ifPresent(
            text("user", ":user in (s.db_session_user, s.effective_role, s.application_user)"));
    filter.name().ifPresent(text("name", "strpos(lower(s.script_name), lower(:name)) > 0"));
    filter.object().ifPresent(this::object);
    filter
        .text()
        .ifPresent(
            text(
                "text",
                "strpos(lower(concat_ws(E'\\n', s.script_name, s.sql_command, s.error_message,"
                    + " array_to_string(s.affected_objects, E'\\n'))), lower(:text)) > 0"));
    filter.tenant().ifPresent(text("tenant", "s.tenant_hk = sha256(convert_to(:tenant, 'UTF8'))"));
    filter.before().ifPresent(this::before);
  }

  private HistoryQuery() {}

  /** Operations that were found before. */
  static HistoryQuery ofKeys(Collection<String> keys) {
    return new HistoryQuery()
        .where("s.script_execution_hk = any(cast(:keys as bytea[]))", "keys", bytea(keys));
  }

  /** An array of bytea as text. */
  static String bytea(Collection<String> keys) {
    return keys.stream()
        .map(key -> "\"\\\\x" + key + '"')
        .collect(Collectors.joining(",", "{", "}"));
  }

  private Consumer<Instant> moment(String name, String condition) {
    return value -> where(condition, name, value.atOffset(ZoneOffset.UTC));
  }

  private Consumer<String> text(String name, String condition) {
    return value -> where(condition, name, value);
  }

  /**
   * Known ones stand in the text of the query: a plan that shall serve any value cannot use the
   * indexes of the running and of the failed.
   */
  private void status(String wanted) {
    String status = wanted.toUpperCase(Locale.ROOT);
    if (STATUSES.contains(status)) {
      conditions.add("s.execution_status = '" + status + "'");
    } else {
      where("s.execution_status = :status", "status", status);
    }
  }

  private void object(String pattern) {
    if (!pattern.contains("*")) {
      where("s.affected_objects @> array[cast(:object as text)]", "object", pattern);
      return;
    }
    String like = pattern.replaceAll("[\\\\%_]", "\\\\$0").replace('*', '%');
    where(
        "exists (select from unnest(s.affected_objects) as o (name) where o.name like :object)",
        "object",
        like);
  }

  /** Compared as a row, so that the index by time leads to the place however far it is. */
  private void before(HistoryCursor place) {
    where(
            "(s.execution_timestamp, s.script_execution_hk) < (:place, :placeKey)",
            "place",
            place.startedAt().atOffset(ZoneOffset.UTC))
        .with("placeKey", HexFormat.of().parseHex(place.key()));
  }

  /** Only what began at or after the one moment and before the other. */
  HistoryQuery between(Optional<Instant> from, Optional<Instant> to) {
    from.ifPresent(moment("from", "s.execution_timestamp >= :from"));
    to.ifPresent(moment("to", "s.execution_timestamp < :to"));
    return this;
  }

  /** Reads of long texts the beginning only, and no long metadata. */
  HistoryQuery abridged(boolean wanted) {
    columns = wanted ? ABRIDGED_COLUMNS : COLUMNS;
    return this;
  }

  /** Adds a condition with one value. */
  HistoryQuery where(String condition, String name, Object value) {
    conditions.add(condition);
    return with(name, value);
  }

  /** Adds another value of a condition. */
  HistoryQuery with(String name, Object value) {
    values.put(name, value);
    return this;
  }

  /** Newest first, at most so many, 0 for all; in a transaction, as a cursor needs one. */
  void newestFirst(Handle handle, long limit, Predicate<Operation> next) {
    run(handle, columns + TRAIL + conditions() + NEWEST_FIRST + limit(limit), next);
  }

  /** The newest, at most so many, the oldest of them first. */
  void newestLast(Handle handle, long limit, Predicate<Operation> next) {
    String newest =
        limit == 0
            ? TRAIL + conditions()
            : "from (select s.* " + TRAIL + conditions() + NEWEST_FIRST + limit(limit) + ") as s ";
    run(handle, COLUMNS + newest + NEWEST_FIRST.replace(" desc", ""), next);
  }

  /** Keys of the newest, found by walking back until there are so many. */
  List<String> walk(Handle handle, long limit) {
    return keys(handle, "", limit);
  }

  /**
   * The same, found by reading everything between its moments, in whatever way the planner thinks
   * best. "offset 0" keeps it from walking in the hope that the page fills soon. What it thinks of
   * an index whose order is that of the table is three times too good.
   */
  List<String> sift(Handle handle, long limit) {
    handle
        .createQuery("select set_config('cpu_index_tuple_cost', '0.15', true)")
        .mapTo(String.class)
        .one();
    return keys(handle, " offset 0", limit);
  }

  /** All versions, the oldest first. */
  List<OperationVersion> versions(Handle handle) {
    try (Query query =
        handle.createQuery(
            COLUMNS
                + ", s.load_date, s.load_end_date\n"
                + "from script_tracking.script_execution_s_versions as s\n"
                + conditions()
                + "order by s.version_number")) {
      return query
          .bindMap(values)
          .map(
              (row, context) ->
                  new OperationVersion(
                      row.getObject("load_date", OffsetDateTime.class).toInstant(),
                      Optional.ofNullable(row.getObject("load_end_date", OffsetDateTime.class))
                          .map(OffsetDateTime::toInstant)
                          .orElse(null),
                      operation(row, context)))
          .list();
    }
  }

  /** What comes after a place in the feed. */
  static List<Feed.Entry> feed(Handle handle, FeedPlace after, int most) {
    try (Query query =
        handle.createQuery(
            ABRIDGED_COLUMNS
                + """
                , s.recorded_xid::text::bigint as place
                from pgtrail.read_versions(
                    row(cast(:xid as xid8), decode(:key, 'hex'), :version)::pgtrail.feed_cursor,
                    :most) as s
                order by s.recorded_xid, s.script_execution_hk, s.version_number
                """)) {
      return query
          .bind("xid", Long.toString(after.transaction()))
          .bind("key", after.key())
          .bind("version", after.version())
          .bind("most", most)
          .map(
              (row, context) ->
                  new Feed.Entry(
                      new FeedPlace(
                          row.getLong("place"),
                          row.getString("key"),
                          row.getLong("version_number")),
                      AbridgedOperation.of(operation(row, context))))
          .list();
    }
  }

  private List<String> keys(Handle handle, String fence, long limit) {
    String matching = "select s.execution_timestamp, s.script_execution_hk " + TRAIL + conditions();
    try (Query query =
        handle.createQuery(
            "select encode(s.script_execution_hk, 'hex') from ("
                + (matching + fence)
                + ") as s "
                + (NEWEST_FIRST + limit(limit)))) {
      return query.bindMap(values).mapTo(String.class).list();
    }
  }

  private String conditions() {
    return conditions.isEmpty() ? "" : "where " + String.join("\n    and ", conditions) + "\n";
  }

  private static String limit(long limit) {
    return limit == 0 ? "" : " limit " + limit;
  }

  private void run(Handle handle, String sql, Predicate<Operation> next) {
    try (Query query = handle.createQuery(sql)) {
      query.setFetchSize(ROWS_PER_FETCH).bindMap(values);
      try (Stream<Operation> operations = query.map(HistoryQuery::operation).stream()) {
        var all = operations.iterator();
        boolean more = true;
        while (more && all.hasNext()) {
          more = next.test(all.next());
        }
      }
    }
  }

  private static Operation operation(ResultSet row, StatementContext context) throws SQLException {
    return new Operation(
        row.getString("key"),
        row.getLong("version_number"),
        row.getString("script_name"),
        row.getString("script_type"),
        row.getString("execution_status"),
        row.getObject("execution_timestamp", OffsetDateTime.class).toInstant(),
        duration(row),
        row.getString("db_session_user"),
        row.getString("effective_role"),
        row.getString("application_name"),
        row.getString("application_user"),
        row.getString("client_address"),
        texts(row.getArray("affected_objects")),
        row.getString("sql_command"),
        row.getString("error_message"),
        row.getString("metadata"));
  }

  private static @Nullable Duration duration(ResultSet row) throws SQLException {
    BigDecimal exact = row.getBigDecimal("exact_duration_ms");
    long rounded = row.getLong("execution_duration_ms");
    if (row.wasNull()) {
      return null;
    }
    // Metadata may be written by hand: what stands there counts only if it is the same rounded.
    boolean agrees =
        exact != null && exact.subtract(BigDecimal.valueOf(rounded)).abs().doubleValue() <= 0.5;
    return agrees
        ? Duration.ofNanos(exact.movePointRight(6).longValue())
        : Duration.ofMillis(rounded);
  }

  private static List<String> texts(@Nullable Array array) throws SQLException {
    List<String> texts = new ArrayList<>();
    if (array != null) {
      for (Object element : (Object[]) array.getArray()) {
        texts.add(String.valueOf(element));
      }
    }
    return texts;
  }
}
