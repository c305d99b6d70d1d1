package io.pgtrail.server.security;

import io.quarkus.security.identity.request.BaseAuthenticationRequest;

/** Somebody sends what may be an API token. */
final class ApiTokenRequest extends BaseAuthenticationRequest {

  private final String token;

  ApiTokenRequest(String token) {
    this.token = token;
  }

  String token() {
    return token;
  }
}
