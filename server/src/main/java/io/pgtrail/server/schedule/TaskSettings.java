package io.pgtrail.server.schedule;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The configuration under {@code pgtrail.server.tasks}: how often each task is run. */
@ConfigMapping(prefix = "pgtrail.server.tasks")
public interface TaskSettings {

  @WithDefault("30s")
  Duration alerts();

  @WithDefault("5s")
  Duration webhooks();

  @WithDefault("1m")
  Duration rollups();

  @WithDefault("5m")
  Duration abandoned();

  @WithDefault("1h")
  Duration retention();

  @WithDefault("5s")
  Duration logs();
}
