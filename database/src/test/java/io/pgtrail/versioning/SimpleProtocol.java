package io.pgtrail.versioning;

import io.pgtrail.testkit.Login;

/** Logins whose statements reach the server as they are, bodies in standard SQL among them. */
final class SimpleProtocol {

  private SimpleProtocol() {}

  /** Gives the same login with this protocol. */
  static Login of(Login login) {
    String url = login.jdbcUrl();
    return new Login(
        url + (url.contains("?") ? "&" : "?") + "preferQueryMode=simple",
        login.user(),
        login.password());
  }
}
