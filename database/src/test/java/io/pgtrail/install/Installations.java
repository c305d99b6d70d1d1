package io.pgtrail.install;

import io.pgtrail.testkit.Installation;
import io.pgtrail.testkit.TestDatabases;

/** What the tests install into their databases. */
public final class Installations {

  /** Everything of this module. */
  public static final Installation PGTRAIL = login -> new Installer(login.dataSource()).install();

  /** A database with everything of this module for every test. */
  public static final TestDatabases PGTRAIL_DATABASES = TestDatabases.with(PGTRAIL);

  private Installations() {}
}
