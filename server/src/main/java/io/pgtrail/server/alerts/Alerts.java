package io.pgtrail.server.alerts;

import io.pgtrail.connection.SafePath;
import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.reporting.HistoryCursor;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * What rules have told in a database, and whom. All throw {@code PgtrailException} with {@code
 * NOT_INSTALLED}, {@code NOT_PERMITTED} or {@code UNAVAILABLE}.
 */
public final class Alerts {

  private static final int UUID_DIGITS = 32;

  private final Jdbi database;

  public Alerts(Jdbi database) {
    this.database = database;
  }

  /**
   * One page, newest first.
   *
   * @param open only what is open, or only what is not
   * @param before where the page before ended
   * @throws PgtrailException also {@code INVALID_ARGUMENT} for a cursor of something else
   */
  public AlertPage page(int limit, Optional<Boolean> open, Optional<HistoryCursor> before) {
    if (before.isPresent() && before.get().key().length() != UUID_DIGITS) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT, "The cursor is not one of a page of alerts", null);
    }
    String query =
        """
        select
            a.alert_id, a.rule_name, a.kind, a.severity, a.subject, a.detail, a.fired_at,
            a.resolved_at, encode(a.script_execution_hk, 'hex') as operation
        from script_tracking.get_alerts() as a
        where true
        """
            + open.map(is -> " and a.resolved_at is" + (is ? "" : " not") + " null").orElse("")
            + before
                .map(place -> " and (a.fired_at, a.alert_id) < (:at, cast(:id as uuid))")
                .orElse("")
            // One more tells whether there is a next page.
            + " order by a.fired_at desc, a.alert_id desc limit "
            + (limit + 1);
    List<Alert> found =
        rows(
            query,
            statement ->
                before.ifPresent(
                    place ->
                        statement
                            .bind("at", place.startedAt().atOffset(ZoneOffset.UTC))
                            .bind("id", place.key())),
            (row, context) -> alert(row));
    boolean more = found.size() > limit;
    List<Alert> shown = more ? found.subList(0, limit) : found;
    return new AlertPage(shown, more ? cursor(shown.get(shown.size() - 1)).text() : null);
  }

  private static HistoryCursor cursor(Alert alert) {
    return new HistoryCursor(alert.firedAt(), alert.id().toString().replace("-", ""));
  }

  private static Alert alert(ResultSet row) throws SQLException {
    return new Alert(
        row.getObject("alert_id", UUID.class),
        row.getString("rule_name"),
        row.getString("kind"),
        row.getString("severity"),
        row.getString("subject"),
        row.getString("detail"),
        moment(row, "fired_at"),
        momentOrNull(row, "resolved_at"),
        row.getString("operation"));
  }

  /** How many alerts of each severity are open, 0 included. */
  public Map<String, Long> openBySeverity() {
    Map<String, Long> numbers = new LinkedHashMap<>();
    rows(
        """
        select s.severity, count(a.alert_id) as number
        from (values ('INFO'), ('WARNING'), ('CRITICAL')) as s (severity)
        left join script_tracking.get_alerts() as a
            on a.severity = s.severity and a.resolved_at is null
        group by s.severity
        """,
        unbound -> {},
        (row, context) -> numbers.put(row.getString("severity"), row.getLong("number")));
    return numbers;
  }

  /** The rules by name. */
  public List<AlertRule> rules() {
    return rows(
        "select * from script_tracking.get_alert_rules()",
        unbound -> {},
        (row, context) ->
            new AlertRule(
                row.getString("rule_name"),
                row.getString("kind"),
                row.getString("severity"),
                row.getString("parameters"),
                row.getBoolean("enabled"),
                moment(row, "since"),
                momentOrNull(row, "evaluated_at"),
                row.getLong("open_alerts")));
  }

  /** What rules can be about. */
  public List<RuleKind> kinds() {
    Map<String, List<RuleKind.Parameter>> parameters = new LinkedHashMap<>();
    rows(
        """
        select kind, parameter, type, meaning, array_to_string(choices, ', ') as choices,
            case
                when type = 'list' then
                    (select string_agg(e, ', ') from jsonb_array_elements_text(preset) as e)
                else preset #>> '{}'
            end as preset
        from pgtrail.alert_parameters()
        """,
        unbound -> {},
        (row, context) ->
            parameters
                .computeIfAbsent(row.getString("kind"), unused -> new ArrayList<>())
                .add(
                    new RuleKind.Parameter(
                        row.getString("parameter"),
                        row.getString("type"),
                        Optional.ofNullable(row.getString("preset")).orElse(""),
                        row.getString("choices"),
                        row.getString("meaning"))));
    return rows(
        "select kind, meaning from pgtrail.alert_kinds()",
        unbound -> {},
        (row, context) ->
            new RuleKind(
                row.getString("kind"),
                row.getString("meaning"),
                parameters.getOrDefault(row.getString("kind"), List.of())));
  }

  /** The webhooks by name. */
  public List<WebhookState> webhooks() {
    return rows(
        "select * from script_tracking.get_webhooks()",
        unbound -> {},
        (row, context) ->
            new WebhookState(
                row.getString("webhook_name"),
                row.getString("host"),
                row.getString("template"),
                row.getString("least_severity"),
                row.getBoolean("enabled"),
                row.getLong("waiting"),
                row.getLong("dead"),
                momentOrNull(row, "last_attempt_at"),
                row.getString("last_status"),
                row.getString("last_error")));
  }

  /** The newest deliveries. */
  public List<DeliveryState> deliveries(int limit) {
    return rows(
        "select * from script_tracking.get_deliveries() limit " + limit,
        unbound -> {},
        (row, context) ->
            new DeliveryState(
                row.getObject("delivery_id", UUID.class),
                row.getString("webhook_name"),
                row.getString("event"),
                row.getString("rule_name"),
                row.getString("subject"),
                row.getString("status"),
                row.getInt("attempts"),
                moment(row, "created_at"),
                momentOrNull(row, "next_attempt_at"),
                row.getString("error")));
  }

  private <T> List<T> rows(String sql, Binding binding, RowMapper<T> mapper) {
    return ask(
        handle -> {
          Query query = handle.createQuery(sql);
          binding.bind(query);
          return query.map(mapper).list();
        });
  }

  @FunctionalInterface
  private interface Binding {
    void bind(Query query);
  }

  private <T> T ask(Function<Handle, T> question) {
    try {
      return database.inTransaction(
          handle -> {
            SafePath.in(handle);
            return question.apply(handle);
          });
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static Instant moment(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  private static @Nullable Instant momentOrNull(ResultSet row, String column) throws SQLException {
    return row.getObject(column) == null ? null : moment(row, column);
  }
}
