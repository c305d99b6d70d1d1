package io.pgtrail.install;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;

/**
 * Installs, upgrades and uninstalls pgtrail in one database.
 *
 * <p>Installing is all or nothing: one transaction for all steps. Installing twice does nothing the
 * second time; whoever installs while another does waits for it. Safe for concurrent use.
 */
public final class Installer {

  private static final String SCHEMA = "pgtrail";

  private final DataSource dataSource;

  /**
   * @param dataSource connections to the database, as a superuser or the provider's master role
   */
  public Installer(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** Version of pgtrail that this installer brings. */
  public static String version() {
    return ProductVersion.read();
  }

  /**
   * Version of pgtrail that is installed in the database; empty when none is.
   *
   * @throws PgtrailException {@code UNAVAILABLE} if the database cannot be reached
   */
  public Optional<String> installedVersion() {
    return withConnection(Installation::versionIn);
  }

  /**
   * Installs pgtrail, or brings an older installation up to date.
   *
   * @throws PgtrailException {@code INSTALL_REFUSED} with the reason when this database cannot take
   *     it; {@code UNAVAILABLE} if it cannot be reached. Nothing is left half installed.
   */
  public Installed install() {
    return withConnection(connection -> InstallLock.whileHeld(connection, this::installLocked));
  }

  /**
   * Removes pgtrail from the database. Objects of others are never touched.
   *
   * @param dropData whether the trail goes too; otherwise its tables stay, readable by superusers,
   *     and a later {@link #install} goes on with them
   * @throws PgtrailException {@code NOT_INSTALLED}; {@code INSTALL_REFUSED} when objects of others
   *     depend on what would be dropped, naming them
   */
  public Uninstalled uninstall(boolean dropData) {
    return withConnection(
        connection ->
            InstallLock.whileHeld(
                connection,
                locked -> {
                  if (!(dropData ? Installation.hasTrail(locked) : Installation.exists(locked))) {
                    throw new PgtrailException(
                        ErrorCode.NOT_INSTALLED, "pgtrail is not installed in this database", null);
                  }
                  return new Uninstaller(locked).run(dropData);
                }));
  }

  private Installed installLocked(Connection connection) throws SQLException {
    Preflight.check(connection);
    boolean fresh = Installation.createSchema(connection);
    try {
      Installed installed = applySteps(connection);
      Installation.setVersion(connection, version());
      return installed;
    } catch (FlywayException | SQLException failure) {
      if (fresh) {
        Installation.removeEmptySchema(connection);
      }
      throw refusal(failure);
    }
  }

  private Installed applySteps(Connection connection) throws SQLException {
    NoticeCollector notices = new NoticeCollector();
    Flyway flyway =
        Flyway.configure()
            .dataSource(dataSource)
            .schemas(SCHEMA)
            .createSchemas(false)
            .table("installed_step")
            .locations("classpath:pgtrail/sql")
            .group(true)
            .placeholderReplacement(false)
            .cleanDisabled(true)
            .initSql("set check_function_bodies = off")
            .callbacks(notices)
            .load();
    MigrationInfoService known = flyway.info();
    refuseDowngrade(known, connection);
    // All functions anew when one is: the step that closes them to the public may be unchanged.
    if (Installation.exists(connection)
        && (known.pending().length > 0 || Installation.isIncomplete(connection))) {
      Installation.replay(connection);
    }
    List<String> steps =
        flyway.migrate().migrations.stream().map(step -> step.description).toList();
    return new Installed(version(), steps, notices.texts());
  }

  private static void refuseDowngrade(MigrationInfoService known, Connection connection)
      throws SQLException {
    boolean newer =
        Arrays.stream(known.applied())
            .anyMatch(step -> step.getState() == MigrationState.FUTURE_SUCCESS);
    if (newer) {
      throw new PgtrailException(
          ErrorCode.INSTALL_REFUSED,
          "A newer pgtrail is installed in this database: "
              + Installation.versionIn(connection).orElse("version unknown"),
          "Use that version or a later one; going back is not supported.");
    }
  }

  private static PgtrailException refusal(Exception failure) {
    Optional<SQLException> cause = sqlCause(failure);
    if (cause.isEmpty()) {
      return new PgtrailException(
          ErrorCode.INTERNAL, "The installation failed: " + failure.getMessage(), null, failure);
    }
    PgtrailException server = PgtrailException.of(cause.get());
    return new PgtrailException(
        server.code() == ErrorCode.UNAVAILABLE ? ErrorCode.UNAVAILABLE : ErrorCode.INSTALL_REFUSED,
        "The installation failed and was undone: " + server.getMessage(),
        server.hint().orElse(null),
        failure);
  }

  private static Optional<SQLException> sqlCause(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return Optional.of(sql);
      }
    }
    return Optional.empty();
  }

  private <T> T withConnection(SqlFunction<T> work) {
    try (Connection connection = dataSource.getConnection()) {
      return work.apply(connection);
    } catch (SQLException failure) {
      throw PgtrailException.of(failure);
    }
  }
}
