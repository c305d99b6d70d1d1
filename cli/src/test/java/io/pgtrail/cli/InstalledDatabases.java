package io.pgtrail.cli;

import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Installation;
import io.pgtrail.testkit.TestDatabases;

/** Databases that pgtrail is installed in: one template for all tests of this module. */
final class InstalledDatabases {

  private static final Installation PGTRAIL = empty -> new Installer(empty.dataSource()).install();

  private InstalledDatabases() {}

  static TestDatabases extension() {
    return TestDatabases.with(PGTRAIL);
  }
}
