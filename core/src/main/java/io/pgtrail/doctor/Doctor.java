package io.pgtrail.doctor;

import io.pgtrail.connection.ServerFailure;
import io.pgtrail.connection.TrailDataSource;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.install.Installer;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Examines the installation of one database. Changes nothing. */
public final class Doctor {

  private static final String INSUFFICIENT_PRIVILEGE = "42501";

  private final TrailDataSource dataSource;
  private final InstantSource clock;

  public Doctor(TrailDataSource dataSource, InstantSource clock) {
    this.dataSource = dataSource;
    this.clock = clock;
  }

  /**
   * Looks at everything, in the order in which to mend it. Without an installation there is but one
   * check.
   *
   * @throws PgtrailException {@code UNAVAILABLE} if the database cannot be reached
   */
  public List<Check> examine() {
    try {
      return Jdbi.create(dataSource).withHandle(this::examine);
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private List<Check> examine(Handle handle) {
    List<Check> checks = new ArrayList<>();
    checks.add(run(handle, ServerChecks::version));
    if (!isInstalled(handle)) {
      checks.add(
          Check.fail(
              "pgtrail is not installed in " + dataSource.settings().database(),
              "Run: pgtrail install"));
      return checks;
    }
    checks.add(run(handle, this::version));
    for (String eventTrigger : CaptureChecks.eventTriggers()) {
      checks.add(run(handle, h -> CaptureChecks.eventTrigger(h, eventTrigger)));
    }
    checks.add(run(handle, AccessChecks::owner));
    checks.add(run(handle, AccessChecks::members));
    checks.add(run(handle, AccessChecks::objects));
    checks.add(run(handle, AccessChecks::functions));
    checks.add(run(handle, SignInChecks::signIns));
    checks.add(run(handle, AccessChecks::reading));
    checks.add(run(handle, LiveChecks::tracking));
    checks.add(run(handle, LiveChecks::capture));
    checks.add(run(handle, CaptureChecks::failures));
    checks.add(run(handle, TrailChecks::triggers));
    checks.add(run(handle, TrailChecks::feed));
    checks.add(run(handle, TrailChecks::abandoned));
    checks.add(run(handle, TrailChecks::orphans));
    checks.add(run(handle, TrailChecks::intervals));
    checks.add(run(handle, VersionChecks::asRecorded));
    checks.add(run(handle, h -> ServerChecks.clock(h, clock)));
    return checks;
  }

  private static Check run(Handle handle, Examination examination) {
    try {
      return examination.examine(handle);
    } catch (JdbiException | SQLException failure) {
      Optional<SQLException> server = sqlCause(failure);
      String message =
          server.map(PgtrailException::of).orElseThrow(() -> explain(failure)).getMessage();
      if (server
          .map(SQLException::getSQLState)
          .filter(INSUFFICIENT_PRIVILEGE::equals)
          .isPresent()) {
        return Check.warn(
            "This role may not see everything: " + message,
            "Run doctor as a superuser or a member of pgtrail_admin");
      }
      return Check.fail("A check could not be carried out: " + message, "See the server's log");
    }
  }

  private static IllegalStateException explain(Exception failure) {
    return new IllegalStateException(failure);
  }

  private static Optional<SQLException> sqlCause(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return Optional.of(sql);
      }
    }
    return Optional.empty();
  }

  private static boolean isInstalled(Handle handle) {
    return handle
        .createQuery("select to_regprocedure('pgtrail.record_ddl(text,text)') is not null")
        .mapTo(Boolean.class)
        .one();
  }

  private Check version(Handle handle) {
    String ours = Installer.version();
    String installed =
        handle
            .createQuery("select installed_version from pgtrail.settings")
            .mapTo(String.class)
            .findOne()
            .orElse("of unknown version");
    return installed.equals(ours)
        ? Check.ok("pgtrail " + installed + " is installed")
        : Check.fail(
            "pgtrail " + installed + " is installed, and this is " + ours,
            "Run: pgtrail upgrade (or use pgtrail " + installed + ")");
  }
}
