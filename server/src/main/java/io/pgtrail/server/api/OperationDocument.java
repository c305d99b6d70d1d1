package io.pgtrail.server.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.pgtrail.reporting.Operation;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An operation as programs read it.
 *
 * @param durationMs to the microsecond; NULL while it runs
 * @param metadata a JSON object; NULL for none
 */
public record OperationDocument(
    String key,
    long version,
    String name,
    String type,
    String status,
    Instant startedAt,
    @Nullable BigDecimal durationMs,
    String sessionUser,
    String effectiveRole,
    @Nullable String applicationName,
    @Nullable String applicationUser,
    @Nullable String clientAddress,
    List<String> objects,
    @Nullable String statement,
    @Nullable String error,
    @JsonRawValue @Schema(implementation = Object.class) @Nullable String metadata) {

  private static final int NANOS = 6;

  public OperationDocument {
    objects = List.copyOf(objects);
  }

  static OperationDocument of(Operation operation) {
    return new OperationDocument(
        operation.key(),
        operation.version(),
        operation.name(),
        operation.type(),
        operation.status(),
        operation.startedAt(),
        Optional.ofNullable(operation.duration())
            .map(Duration::toNanos)
            .map(nanos -> BigDecimal.valueOf(nanos, NANOS).stripTrailingZeros())
            .orElse(null),
        operation.sessionUser(),
        operation.effectiveRole(),
        operation.applicationName(),
        operation.applicationUser(),
        operation.clientAddress(),
        operation.objects(),
        operation.statement(),
        operation.error(),
        operation.metadata());
  }
}
