package io.pgtrail.server.alerts;

import java.util.UUID;

/**
 * What a webhook is to be told next, a row of {@code pgtrail.due_deliveries()}.
 *
 * @param event FIRED, RESOLVED or TEST
 * @param content the alert as a JSON object
 */
record Delivery(
    UUID id, String url, String secret, Template template, String event, String content) {

  /** Neither the secret nor the address, which often is one. */
  @Override
  public String toString() {
    return "delivery " + id;
  }
}
