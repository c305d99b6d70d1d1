package io.pgtrail.client;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Stands before a data source, its connections and statements, and tracks what is executed. */
final class TrackedStatements {

  private final Tracker tracker;
  private final Set<Tracked> chosen;

  TrackedStatements(Tracker tracker, Set<Tracked> chosen) {
    this.tracker = tracker;
    this.chosen = Set.copyOf(chosen);
  }

  DataSource before(DataSource real) {
    return proxy(
        DataSource.class,
        real,
        (self, method, arguments) -> {
          Object result = invoke(real, method, arguments);
          return result instanceof Connection connection ? before(connection) : result;
        });
  }

  private Connection before(Connection real) {
    return proxy(
        Connection.class,
        real,
        (self, method, arguments) -> {
          Object result = invoke(real, method, arguments);
          if (!(result instanceof Statement statement)) {
            return result;
          }
          String sql = method.getName().startsWith("prepare") ? (String) arguments[0] : null;
          return before(statement, (Connection) self, sql);
        });
  }

  private Statement before(Statement real, Connection connection, @Nullable String prepared) {
    Class<? extends Statement> type =
        real instanceof CallableStatement
            ? CallableStatement.class
            : real instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
    return proxy(type, real, new Executions(real, connection, prepared));
  }

  private <T> T proxy(Class<T> type, Object real, InvocationHandler handler) {
    InvocationHandler itself =
        (self, method, arguments) ->
            switch (method.getName()) {
              case "equals" -> self == arguments[0];
              case "hashCode" -> System.identityHashCode(self);
              case "toString" -> "tracked " + real;
              default -> handler.invoke(self, method, arguments);
            };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, itself));
  }

  private static @Nullable Object invoke(Object real, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException failure) {
      throw failure.getCause();
    }
  }

  /** Of one statement, for one thread as JDBC's statements are. */
  private final class Executions implements InvocationHandler {

    private final Statement real;
    private final Connection connection;
    private final @Nullable String prepared;
    private @Nullable String firstOfBatch;
    private int size;

    Executions(Statement real, Connection connection, @Nullable String prepared) {
      this.real = real;
      this.connection = connection;
      this.prepared = prepared;
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, Object @Nullable [] arguments)
        throws Throwable {
      String given =
          arguments != null && arguments.length > 0 && arguments[0] instanceof String sql
              ? sql
              : prepared;
      return switch (method.getName()) {
        case "getConnection" -> connection;
        case "addBatch" -> {
          Object added = TrackedStatements.invoke(real, method, arguments);
          firstOfBatch = size == 0 ? given : firstOfBatch;
          size++;
          yield added;
        }
        case "clearBatch" -> {
          size = 0;
          yield TrackedStatements.invoke(real, method, arguments);
        }
        case "executeBatch", "executeLargeBatch" -> batch(method);
        case "execute", "executeUpdate", "executeLargeUpdate", "executeQuery" ->
            given != null && chosen.contains(Tracked.DDL) && StatementText.isDdl(given)
                ? tracked(tracker.prepare(name(given), "DDL").content(given), method, arguments)
                : TrackedStatements.invoke(real, method, arguments);
        default -> TrackedStatements.invoke(real, method, arguments);
      };
    }

    private @Nullable Object batch(Method method) throws Throwable {
      String first = firstOfBatch;
      int statements = size;
      size = 0;
      if (first == null || statements == 0 || !chosen.contains(Tracked.BATCHES)) {
        return TrackedStatements.invoke(real, method, null);
      }
      return tracked(
          tracker
              .prepare(name(first), OperationTypes.BATCH)
              .content(first)
              .annotate("batch_size", statements),
          method,
          null);
    }

    private String name(String sql) {
      String name = StatementText.name(sql);
      return name.isEmpty() ? "empty statement" : name;
    }

    private @Nullable Object tracked(
        NewOperation description, Method method, Object @Nullable [] arguments) throws Throwable {
      try (Operation operation = description.start()) {
        Object result;
        try {
          result = TrackedStatements.invoke(real, method, arguments);
        } catch (Throwable failure) {
          operation.fail(failure);
          throw failure;
        }
        if (result instanceof int[] counts) {
          operation.annotate("rows_affected", rows(Arrays.stream(counts).asLongStream()));
        } else if (result instanceof long[] counts) {
          operation.annotate("rows_affected", rows(Arrays.stream(counts)));
        }
        operation.succeed();
        return result;
      }
    }

    /** Negative counts say that a driver does not know. */
    private static long rows(LongStream counts) {
      return counts.filter(count -> count > 0).sum();
    }
  }
}
