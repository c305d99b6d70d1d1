package io.pgtrail.server.targets;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a target is.
 *
 * @param downSince since when it does not answer; NULL while it does
 * @param reason why it does not answer
 */
public record TargetState(
    String name,
    String address,
    Map<String, String> labels,
    boolean up,
    @Nullable Instant downSince,
    @Nullable String reason) {

  public TargetState {
    labels = Map.copyOf(labels);
  }
}
