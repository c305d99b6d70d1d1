package io.pgtrail.server.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The configuration under {@code pgtrail.server.limits}: how much of the server one may use. */
@ConfigMapping(prefix = "pgtrail.server.limits")
public interface LimitSettings {

  /** After this time one signs in again, however busy the session. */
  @WithDefault("12h")
  Duration sessionAge();

  /** So many sign-ins of one address a minute, by password and by a provider. */
  @WithDefault("30")
  int signInsPerMinute();

  /** So many writes of one account a minute. */
  @WithDefault("600")
  int writesPerMinute();

  /** So many streams of events of one account at a time. */
  @WithDefault("10")
  int streamsPerAccount();

  /** An export is broken off after this time: as long it keeps a connection, and others waiting. */
  @WithDefault("15m")
  Duration exportTime();
}
