package io.pgtrail.testkit;

/**
 * Puts the product into a database. Runs once per test run for each instance, so let the tests of a
 * module share one.
 */
@FunctionalInterface
public interface Installation {

  /**
   * Installs.
   *
   * @param empty leads to an empty database, as superuser; leave no connection open
   */
  void install(Login empty) throws Exception;
}
