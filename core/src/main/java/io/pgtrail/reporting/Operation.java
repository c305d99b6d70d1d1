package io.pgtrail.reporting;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The current version of one operation, a row of {@code script_tracking.script_execution_s}.
 *
 * @param key its hash key in hexadecimal
 * @param version counts its versions from 1
 * @param status RUNNING, COMPLETED or FAILED
 * @param duration to the microsecond; NULL while it runs
 * @param sessionUser role that logged in
 * @param effectiveRole role it acted as
 * @param applicationUser user behind a pool, as the session claimed
 * @param clientAddress NULL over a Unix socket
 * @param objects what it touched, as schema.name
 * @param metadata a JSON object
 */
public record Operation(
    String key,
    long version,
    String name,
    String type,
    String status,
    Instant startedAt,
    @Nullable Duration duration,
    String sessionUser,
    String effectiveRole,
    @Nullable String applicationName,
    @Nullable String applicationUser,
    @Nullable String clientAddress,
    List<String> objects,
    @Nullable String statement,
    @Nullable String error,
    @Nullable String metadata) {

  public Operation {
    objects = List.copyOf(objects);
  }

  /** The same operation under another name. */
  public Operation withName(String other) {
    return new Operation(
        key,
        version,
        other,
        type,
        status,
        startedAt,
        duration,
        sessionUser,
        effectiveRole,
        applicationName,
        applicationUser,
        clientAddress,
        objects,
        statement,
        error,
        metadata);
  }

  /** The same operation with other texts. */
  Operation withTexts(@Nullable String otherStatement, @Nullable String otherError) {
    return new Operation(
        key,
        version,
        name,
        type,
        status,
        startedAt,
        duration,
        sessionUser,
        effectiveRole,
        applicationName,
        applicationUser,
        clientAddress,
        objects,
        otherStatement,
        otherError,
        metadata);
  }
}
