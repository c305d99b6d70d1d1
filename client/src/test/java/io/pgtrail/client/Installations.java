package io.pgtrail.client;

import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Installation;

/** What the tests install into their databases. */
final class Installations {

  static final Installation PGTRAIL = login -> new Installer(login.dataSource()).install();

  private Installations() {}
}
