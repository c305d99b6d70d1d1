package io.pgtrail.client;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Leads to a real database, which a test can take away. */
final class FaultyDataSource implements DataSource {

  /** How often the answer of a statement that was carried out is lost. */
  final AtomicInteger lostAnswers = new AtomicInteger();

  private final DataSource real;
  private volatile boolean away;

  FaultyDataSource(DataSource real) {
    this.real = real;
  }

  void goAway() {
    away = true;
  }

  void comeBack() {
    away = false;
  }

  @Override
  public Connection getConnection() throws SQLException {
    if (away) {
      throw new SQLNonTransientConnectionException("nobody there", "08001");
    }
    return faulty(Connection.class, real.getConnection());
  }

  private <T> T faulty(Class<T> type, T sound) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object result;
              try {
                if (away && !method.getName().equals("close")) {
                  throw new SQLNonTransientConnectionException("gone", "08006");
                }
                result = method.invoke(sound, arguments);
              } catch (InvocationTargetException failure) {
                throw failure.getCause();
              }
              if (method.getName().equals("execute")
                  && lostAnswers.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new SQLNonTransientConnectionException("the answer was lost", "08006");
              }
              return result instanceof PreparedStatement statement
                  ? faulty(PreparedStatement.class, statement)
                  : result;
            }));
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
