package io.pgtrail.reporting;

import io.pgtrail.connection.ServerFailure;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** The operations of the trail that the session may read, newest first. */
public final class History {

  private static final int ROWS_PER_FETCH = 1000;

  private static final String SELECT =
      """
      select
          encode(s.script_execution_hk, 'hex') as key, s.version_number, s.script_name,
          s.script_type, s.execution_status, s.execution_timestamp, s.execution_duration_ms,
          case when jsonb_typeof(s.metadata -> 'duration_ms') = 'number'
              then (s.metadata ->> 'duration_ms')::numeric end as exact_duration_ms,
          s.db_session_user, s.effective_role, s.application_name, s.application_user,
          host(s.client_ip) as client_address, s.affected_objects, s.sql_command,
          s.error_message, s.metadata::text as metadata
      from script_tracking.script_execution_s as s
      """;

  private final Jdbi jdbi;

  public History(DataSource dataSource) {
    this.jdbi = Jdbi.create(dataSource);
  }

  /**
   * Hands over the operations one by one, in constant memory however many there are.
   *
   * @param next gets each operation; false stops the reading
   * @throws io.pgtrail.error.PgtrailException {@code NOT_INSTALLED}, {@code NOT_PERMITTED} or
   *     {@code UNAVAILABLE}
   */
  public void read(HistoryFilter filter, Predicate<Operation> next) {
    try {
      // A cursor needs a transaction.
      jdbi.useTransaction(handle -> read(handle, filter, next));
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static void read(Handle handle, HistoryFilter filter, Predicate<Operation> next) {
    Map<String, Object> values = new LinkedHashMap<>();
    try (Query query = handle.createQuery(SELECT + where(filter, values) + end(filter))) {
      query.setFetchSize(ROWS_PER_FETCH).bindMap(values);
      try (Stream<Operation> operations = query.map(History::operation).stream()) {
        Iterator<Operation> all = operations.iterator();
        boolean more = true;
        while (more && all.hasNext()) {
          more = next.test(all.next());
        }
      }
    }
  }

  private static String where(HistoryFilter filter, Map<String, Object> values) {
    List<String> conditions = new ArrayList<>();
    filter
        .since()
        .ifPresent(
            since -> {
              conditions.add("s.execution_timestamp >= :since");
              values.put("since", since.atOffset(ZoneOffset.UTC));
            });
    filter
        .until()
        .ifPresent(
            until -> {
              conditions.add("s.execution_timestamp < :until");
              values.put("until", until.atOffset(ZoneOffset.UTC));
            });
    filter.type().ifPresent(put(values, "type", conditions, "s.script_type = upper(:type)"));
    filter
        .status()
        .ifPresent(put(values, "status", conditions, "s.execution_status = upper(:status)"));
    filter
        .user()
        .ifPresent(
            put(
                values,
                "user",
                conditions,
                ":user in (s.db_session_user, s.effective_role, s.application_user)"));
    filter
        .name()
        .ifPresent(
            put(values, "name", conditions, "strpos(lower(s.script_name), lower(:name)) > 0"));
    filter
        .text()
        .ifPresent(
            put(
                values,
                "text",
                conditions,
                "strpos(lower(concat_ws(E'\\n', s.script_name, s.sql_command, s.error_message,"
                    + " array_to_string(s.affected_objects, E'\\n'))), lower(:text)) > 0"));
    return conditions.isEmpty() ? "" : "where " + String.join("\n    and ", conditions) + "\n";
  }

  private static java.util.function.Consumer<String> put(
      Map<String, Object> values, String name, List<String> conditions, String condition) {
    return value -> {
      conditions.add(condition);
      values.put(name, value);
    };
  }

  private static String end(HistoryFilter filter) {
    return "order by s.execution_timestamp desc"
        + (filter.limit() == 0 ? "" : " limit " + filter.limit());
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
