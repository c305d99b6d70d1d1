package io.pgtrail.server.schedule;

import io.pgtrail.connection.ServerFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** When each task was done last in a database. */
public final class TaskStates {

  private TaskStates() {}

  /**
   * All tasks.
   *
   * @throws io.pgtrail.error.PgtrailException {@code NOT_INSTALLED}, {@code NOT_PERMITTED} or
   *     {@code UNAVAILABLE}
   */
  public static List<TaskState> in(Jdbi database) {
    try {
      return database.withHandle(
          handle ->
              handle
                  .createQuery("select * from script_tracking.get_tasks()")
                  .map(
                      (row, context) ->
                          new TaskState(
                              row.getString("task"),
                              row.getString("status"),
                              row.getString("details"),
                              moment(row, "started_at"),
                              moment(row, "finished_at"),
                              moment(row, "next_at"),
                              row.getBoolean("is_late")))
                  .list());
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static @Nullable Instant moment(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant)
        .orElse(null);
  }
}
