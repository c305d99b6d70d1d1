package io.pgtrail.migration;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** The connections that Flyway opens: it forgets some of them when it fails. For one thread. */
final class FlywayConnections implements AutoCloseable {

  private final List<Connection> opened = new ArrayList<>();
  private final DataSource dataSource;

  FlywayConnections(DataSource real) {
    this.dataSource =
        (DataSource)
            Proxy.newProxyInstance(
                FlywayConnections.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                  try {
                    Object result = method.invoke(real, arguments);
                    if (result instanceof Connection connection) {
                      opened.add(connection);
                    }
                    return result;
                  } catch (InvocationTargetException failure) {
                    throw failure.getCause();
                  }
                });
  }

  DataSource dataSource() {
    return dataSource;
  }

  @Override
  public void close() {
    for (Connection connection : opened) {
      try {
        connection.close();
      } catch (SQLException lost) {
        // Then it is closed.
      }
    }
    opened.clear();
  }
}
