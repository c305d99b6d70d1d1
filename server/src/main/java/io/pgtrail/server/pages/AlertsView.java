package io.pgtrail.server.pages;

import io.pgtrail.reporting.HistoryCursor;
import io.pgtrail.server.alerts.Alert;
import io.pgtrail.server.alerts.AlertPage;
import io.pgtrail.server.alerts.AlertRule;
import io.pgtrail.server.alerts.Alerts;
import io.pgtrail.server.alerts.DeliveryState;
import io.pgtrail.server.alerts.RuleKind;
import io.pgtrail.server.alerts.WebhookState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the page of alerts shows.
 *
 * @param mayRead whether it shows anything at all
 * @param secret of a webhook that was just created
 */
public record AlertsView(
    boolean mayRead,
    boolean mayChange,
    @Nullable String secret,
    List<Alert> open,
    AlertPage history,
    List<AlertRule> rules,
    List<RuleKind> kinds,
    List<WebhookState> webhooks,
    List<DeliveryState> deliveries) {

  private static final int MOST_OPEN = 200;
  private static final int PAGE = 50;
  private static final int DELIVERIES = 20;

  public AlertsView {
    open = List.copyOf(open);
    rules = List.copyOf(rules);
    kinds = List.copyOf(kinds);
    webhooks = List.copyOf(webhooks);
    deliveries = List.copyOf(deliveries);
  }

  static AlertsView of(
      Alerts alerts, boolean mayChange, @Nullable String secret, Optional<HistoryCursor> before) {
    return new AlertsView(
        true,
        mayChange,
        secret,
        alerts.page(MOST_OPEN, Optional.of(true), Optional.empty()).alerts(),
        alerts.page(PAGE, Optional.of(false), before),
        alerts.rules(),
        mayChange ? alerts.kinds() : List.of(),
        alerts.webhooks(),
        alerts.deliveries(DELIVERIES));
  }

  /** For whoever may read one tenant only. */
  static AlertsView none() {
    return new AlertsView(
        false,
        false,
        null,
        List.of(),
        new AlertPage(List.of(), null),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }
}
