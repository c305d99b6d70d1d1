package io.pgtrail.server.alerts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some alerts, newest first.
 *
 * @param next what to send as {@code before} for the next page; NULL for the last one
 */
public record AlertPage(List<Alert> alerts, @Nullable String next) {

  public AlertPage {
    alerts = List.copyOf(alerts);
  }
}
