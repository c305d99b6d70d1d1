package io.pgtrail.server.alerts;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The configuration under {@code pgtrail.server.webhooks}. */
@ConfigMapping(prefix = "pgtrail.server.webhooks")
public interface WebhookSettings {

  /**
   * Hosts that may be told of alerts, such as {@code hooks.slack.com} or {@code *.example.com}; by
   * default none.
   */
  Optional<List<String>> hosts();

  /**
   * Networks that are not of the public Internet and yet may be told, such as {@code 10.1.0.0/16};
   * into these also without TLS.
   */
  Optional<List<String>> networks();

  /** When an attempt that failed is repeated; then after twice that, and so on, up to an hour. */
  @WithDefault("30s")
  Duration firstPause();

  /** After so many attempts a delivery is given up. */
  @WithDefault("10")
  int attempts();

  /** How long an answer may take. */
  @WithDefault("10s")
  Duration timeout();
}
