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

  /** How often asking for a connection ends in an error that no driver should throw. */
  final AtomicInteger errors = new AtomicInteger();

  /** What the last connection was like when it was closed. */
  volatile @Nullable String givenBack;

  private final DataSource real;
  private volatile boolean away;
  private volatile @Nullable String refusedText;
  private volatile String refusal = "";
  private volatile String sent = "";

  FaultyDataSource(DataSource real) {
    this.real = real;
  }

  void goAway() {
    away = true;
  }

  void comeBack() {
    away = false;
  }

  /** Statements that are sent a text are not carried out, for a reason; none for {@code null}. */
  void refuse(@Nullable String text, String sqlState) {
    refusal = sqlState;
    refusedText = text;
  }

  /** Gives a connection as pools may: not in auto-commit, with settings that others rely on. */
  @Override
  public Connection getConnection() throws SQLException {
    if (errors.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new LinkageError("half a driver");
    }
    if (away) {
      throw new SQLException("nobody there, whatever its class says", "22023");
    }
    Connection connection = real.getConnection();
    connection.setAutoCommit(false);
    connection.setNetworkTimeout(Runnable::run, 77_000);
    return faulty(Connection.class, connection);
  }

  private <T> T faulty(Class<T> type, T sound) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object result;
              if (sound instanceof Connection connection && method.getName().equals("close")) {
                givenBack = connection.getAutoCommit() + " " + connection.getNetworkTimeout();
              }
              if (method.getName().equals("setString")) {
                sent = (String) arguments[1];
              }
              String refused = refusedText;
              if (method.getName().equals("execute") && refused != null && sent.contains(refused)) {
                throw new SQLException("refused by the test", refusal);
              }
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
