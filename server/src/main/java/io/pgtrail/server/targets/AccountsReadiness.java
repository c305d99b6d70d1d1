package io.pgtrail.server.targets;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready is a server that can sign somebody in. A watched target that is down is shown as such. */
@Readiness
@Singleton
public class AccountsReadiness implements HealthCheck {

  private final Target accounts;

  @Inject
  AccountsReadiness(Targets targets) {
    this.accounts = targets.accounts();
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("accounts").status(accounts.availability().isUp()).build();
  }
}
