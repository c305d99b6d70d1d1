package io.pgtrail.testkit;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * JUnit extension: a test method, or {@code @BeforeEach} method, with a {@link TestDatabase}
 * parameter gets a database of its own, dropped after the test. A {@code @BeforeAll} method with
 * one makes all tests of its class share it.
 *
 * <p>All databases are on one server per program. Its major version is the system property {@code
 * pgtrail.test.postgres}; the default is the one that is shipped.
 */
public final class TestDatabases implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(TestDatabases.class);

  private final Installation installation;

  private TestDatabases(Installation installation) {
    this.installation = installation;
  }

  /** Gives every test a copy of a database that the product is installed in. */
  public static TestDatabases with(Installation installation) {
    return new TestDatabases(installation);
  }

  /** Gives every test an empty database. */
  public static TestDatabases empty() {
    return new TestDatabases(Nothing.INSTALLED);
  }

  private enum Nothing implements Installation {
    INSTALLED;

    @Override
    public void install(Login empty) {}
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestDatabase.class;
  }

  @Override
  public TestDatabase resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // The store closes what it holds when the test, or the class, is over.
    Store store = context.getStore(NAMESPACE);
    return store
        .getOrComputeIfAbsent(
            installation,
            ignored -> new Lent(TestServer.ofThisProgram().copyOf(installation)),
            Lent.class)
        .database();
  }

  private record Lent(TestDatabase database) implements AutoCloseable {

    @Override
    public void close() {
      try {
        database.discard();
      } catch (Exception failure) {
        throw new IllegalStateException("Cannot drop " + database.name() + ".", failure);
      }
    }
  }
}
