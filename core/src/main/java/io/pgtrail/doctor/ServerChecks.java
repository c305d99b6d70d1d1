package io.pgtrail.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.Handle;

/** The server that pgtrail lives in. */
final class ServerChecks {

  private static final int OLDEST = 14;
  private static final int NEWEST = 18;
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private ServerChecks() {}

  static Check version(Handle handle) {
    String version = handle.createQuery("show server_version").mapTo(String.class).one();
    int major =
        Integer.parseInt(handle.createQuery("show server_version_num").mapTo(String.class).one())
            / 10_000;
    if (major < OLDEST) {
      return Check.fail(
          "PostgreSQL " + version + " is too old", "Upgrade the server to 14 or later");
    }
    return major > NEWEST
        ? Check.warn(
            "PostgreSQL " + version + " is newer than what pgtrail was tested with",
            "Look for a newer pgtrail")
        : Check.ok("PostgreSQL " + version + " is supported");
  }

  static Check clock(Handle handle, InstantSource clock) {
    Instant before = clock.instant();
    Instant there =
        handle
            .createQuery("select clock_timestamp()")
            .mapTo(OffsetDateTime.class)
            .one()
            .toInstant();
    Duration roundTrip = Duration.between(before, clock.instant());
    Duration difference = Duration.between(before.plus(roundTrip.dividedBy(2)), there).abs();
    return difference.compareTo(TOLERANCE.plus(roundTrip)) > 0
        ? Check.warn(
            "The clocks of server and this machine differ by " + difference.toSeconds() + " s",
            "Synchronize both, with chrony for example")
        : Check.ok("The clocks of server and this machine agree");
  }
}
