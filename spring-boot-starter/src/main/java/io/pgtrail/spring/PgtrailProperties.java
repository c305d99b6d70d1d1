package io.pgtrail.spring;

import io.pgtrail.client.Overflow;
import io.pgtrail.client.Tracked;
import io.pgtrail.client.TrackerBuilder;
import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How an application is tracked, see {@link TrackerBuilder}.
 *
 * @param enabled whether there is a tracker
 * @param trackMigrations whether what Flyway and Liquibase do is tracked
 * @param trackedStatements what is tracked of the statements that go through the data source
 * @param capacity how many changed operations are held for the database at most
 * @param batchSize how many operations are sent in one transaction at most
 * @param overflow what becomes of changes for which there is no room
 * @param longestWait how long one change may block the application
 * @param longestClose how long the application waits at its end for what is not recorded yet
 * @param longestSend how long the database may take for one batch, in whole seconds
 * @param synchronous whether each change waits until it is recorded, or for the longest wait
 */
@ConfigurationProperties("pgtrail")
public record PgtrailProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("true") boolean trackMigrations,
    @DefaultValue Set<Tracked> trackedStatements,
    @DefaultValue("10000") int capacity,
    @DefaultValue("1000") int batchSize,
    @DefaultValue("block") Overflow overflow,
    @DefaultValue("100ms") Duration longestWait,
    @DefaultValue("5s") Duration longestClose,
    @DefaultValue("30s") Duration longestSend,
    @DefaultValue("false") boolean synchronous) {

  /** Keeps a copy of what is tracked. */
  public PgtrailProperties {
    trackedStatements = Set.copyOf(trackedStatements);
  }

  void applyTo(TrackerBuilder tracker) {
    tracker
        .capacity(capacity)
        .batchSize(batchSize)
        .overflow(overflow)
        .longestWait(longestWait)
        .longestClose(longestClose)
        .longestSend(longestSend);
    if (synchronous) {
      tracker.synchronous();
    }
  }
}
