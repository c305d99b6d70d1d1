package io.pgtrail.versioning;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pgcodekeeper.core.api.PgCodeKeeperApi;
import org.pgcodekeeper.core.database.base.jdbc.IJdbcConnector;
import org.pgcodekeeper.core.ignorelist.IgnoreSchemaList;
import org.pgcodekeeper.core.ignorelist.IgnoredObject;
import org.pgcodekeeper.core.loader.DatabaseLoader;
import org.pgcodekeeper.core.loader.LoaderFactory;
import org.pgcodekeeper.core.monitor.NullMonitor;
import org.pgcodekeeper.core.schema.AbstractDatabase;
import org.pgcodekeeper.core.settings.CoreSettings;

/** Compares schemas with pgCodeKeeper, which knows nothing of pgtrail. */
final class IndependentDiffer {

  private static final List<String> NOT_COMPARED =
      List.of("script_tracking", "pggit", "pgtrail", "util", "auth");

  private static final String BEGINNING = "SET search_path = pg_catalog;";

  /** Of two names that PostgreSQL gave to a NOT NULL neither is the right one. */
  private static final Pattern OTHER_GIVEN_NAME =
      Pattern.compile(
          "ALTER .*TABLE .+\\s+RENAME CONSTRAINT .+_not_null\\d*\"? TO .+_not_null\\d*\"?;");

  private IndependentDiffer() {}

  /** Reads the schema that a database has now, on a connection that it does not close. */
  static AbstractDatabase read(Connection connection) throws IOException, InterruptedException {
    IgnoreSchemaList ignored = new IgnoreSchemaList();
    for (String schema : NOT_COMPARED) {
      ignored.add(new IgnoredObject(schema, false, false, false, Set.of()));
    }
    DatabaseLoader loader =
        LoaderFactory.createJdbcLoader(
            settings(), "UTC", new Lent(connection), new NullMonitor(), ignored);
    return loader.loadAndAnalyze();
  }

  /**
   * Lends a connection, which pgCodeKeeper would close: PostgreSQL knows its statements already, so
   * that the next reading takes a fraction of the time.
   */
  private record Lent(Connection connection) implements IJdbcConnector {

    @Override
    public Connection getConnection() {
      return (Connection)
          Proxy.newProxyInstance(
              Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, this::call);
    }

    private @Nullable Object call(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      if (method.getName().equals("close")) {
        return null;
      }
      try {
        return method.invoke(connection, arguments);
      } catch (InvocationTargetException failure) {
        throw Objects.requireNonNull(failure.getCause());
      }
    }

    @Override
    public String getBatchDelimiter() {
      return "";
    }

    @Override
    public String getUrl() {
      return "";
    }
  }

  /** Gives the statements that lead from one schema to another; empty when they are the same. */
  static String differences(AbstractDatabase from, AbstractDatabase to)
      throws IOException, InterruptedException {
    String script = PgCodeKeeperApi.diff(settings(), from, to).replace(BEGINNING, "");
    return OTHER_GIVEN_NAME.matcher(script).replaceAll("").strip();
  }

  private static CoreSettings settings() {
    CoreSettings settings = new CoreSettings();
    // A column that comes back comes back as the last one.
    settings.setIgnoreColumnOrder(true);
    settings.setIgnoreConcurrentModification(true);
    return settings;
  }
}
