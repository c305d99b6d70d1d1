package io.pgtrail.logs;

import io.pgtrail.connection.ServerFailure;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** What the server must be set to so that its log can be read. */
public final class LogSetup {

  private final Jdbi jdbi;

  public LogSetup(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * What is needed, and whether it is so.
   *
   * @throws io.pgtrail.error.PgtrailException {@code NOT_PERMITTED}, {@code NOT_INSTALLED} or
   *     {@code UNAVAILABLE}
   */
  public List<LogSetting> settings() {
    try {
      return jdbi.withHandle(LogSetup::settings);
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static List<LogSetting> settings(Handle handle) {
    return handle
        .createQuery("select * from pgtrail.log_settings()")
        .map(
            (row, context) ->
                new LogSetting(
                    row.getString("subject"),
                    row.getString("needed"),
                    row.getString("actual"),
                    row.getBoolean("holds"),
                    row.getBoolean("needs_restart"),
                    row.getString("remedy")))
        .list();
  }

  /**
   * Mends what does not hold, as far as no restart is needed for it, and gives what is needed
   * afterwards. For superusers; throws {@code NOT_PERMITTED} for others.
   */
  public List<LogSetting> apply() {
    try (Handle handle = jdbi.open()) {
      // ALTER SYSTEM stands alone, so each is a transaction.
      handle
          .createQuery("select pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false)")
          .mapTo(String.class)
          .one();
      for (LogSetting setting : settings(handle)) {
        if (setting.remedy() != null) {
          handle.createUpdate(setting.remedy()).execute();
        }
      }
      handle.createQuery("select pg_catalog.pg_reload_conf()").mapTo(Boolean.class).one();
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
    return settings();
  }
}
