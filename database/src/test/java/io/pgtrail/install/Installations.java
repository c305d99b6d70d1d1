package io.pgtrail.install;

import io.pgtrail.testkit.Installation;

/** What the tests install into their databases. */
public final class Installations {

  /** Everything of this module. */
  public static final Installation PGTRAIL = login -> new Installer(login.dataSource()).install();

  private Installations() {}
}
