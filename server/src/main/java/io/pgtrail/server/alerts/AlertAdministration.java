package io.pgtrail.server.alerts;

import io.pgtrail.connection.ServerFailure;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Changes rules and webhooks, for administrators; the database records each change. All throw
 * {@code PgtrailException} with {@code NOT_INSTALLED}, {@code NOT_PERMITTED}, {@code
 * INVALID_ARGUMENT}, {@code ALREADY_EXISTS} or {@code UNAVAILABLE}.
 */
public final class AlertAdministration {

  private final Jdbi database;

  public AlertAdministration(Jdbi database) {
    this.database = database;
  }

  /**
   * Makes or changes a rule, and enables it.
   *
   * @param parameters a JSON object
   */
  public void setRule(String name, String kind, String parameters, String severity) {
    call(
        "select script_tracking.set_alert_rule(:name, :kind, cast(:parameters as jsonb), :severity)",
        Map.of("name", name, "kind", kind, "parameters", parameters, "severity", severity));
  }

  public void enableRule(String name, boolean enabled) {
    call(
        "select script_tracking.enable_alert_rule(:name, :enabled)",
        Map.of("name", name, "enabled", enabled));
  }

  public void dropRule(String name) {
    call("select script_tracking.drop_alert_rule(:name)", Map.of("name", name));
  }

  /**
   * Lets somebody be told of alerts.
   *
   * @return the secret with which messages are signed, shown this once
   */
  public String createWebhook(String name, String url, String template, String leastSeverity) {
    return call(
        "select script_tracking.create_webhook(:name, :url, :template, :severity)",
        Map.of("name", name, "url", url, "template", template, "severity", leastSeverity));
  }

  public void enableWebhook(String name, boolean enabled) {
    call(
        "select script_tracking.enable_webhook(:name, :enabled)",
        Map.of("name", name, "enabled", enabled));
  }

  public void dropWebhook(String name) {
    call("select script_tracking.drop_webhook(:name)", Map.of("name", name));
  }

  /** Sends it a message to try it out. */
  public void testWebhook(String name) {
    call("select script_tracking.test_webhook(:name)", Map.of("name", name));
  }

  /** Has a delivery that was given up tried again. */
  public void resend(UUID delivery) {
    call("select script_tracking.resend_delivery(:delivery)", Map.of("delivery", delivery));
  }

  private String call(String query, Map<String, ?> values) {
    try {
      return database.withHandle(
          handle ->
              String.valueOf(
                  handle
                      .createQuery(query)
                      .bindMap(values)
                      .map((row, context) -> row.getString(1))
                      .first()));
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }
}
