package io.pgtrail.server.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The configuration under {@code pgtrail.server.provider}: sign-in by OpenID Connect. */
@ConfigMapping(prefix = "pgtrail.server.provider")
public interface ProviderSettings {

  /** Which claim of the provider's token an account is found by. */
  @WithDefault("sub")
  String claim();

  /** What the page of the sign-in calls the provider. */
  @WithDefault("OpenID Connect")
  String title();
}
