package io.pgtrail.versioning;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;

/** Logins whose statements reach the server as they are, bodies in standard SQL among them. */
final class SimpleProtocol {

  private SimpleProtocol() {}

  /** Gives what the superuser needs for a database, or one beside it. */
  static Login login(TestDatabase database, String name) {
    String url = database.jdbcUrl().replace(database.name(), name);
    return new Login(
        url + (url.contains("?") ? "&" : "?") + "preferQueryMode=simple",
        database.login().user(),
        database.login().password());
  }
}
