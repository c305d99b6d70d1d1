package io.pgtrail.spring;

import io.pgtrail.client.TrackerBuilder;

/** A bean that settles what properties cannot, such as who an operation is done for. */
@FunctionalInterface
public interface TrackerCustomizer {

  /** Changes how the application's tracker records, after the properties have. */
  void customize(TrackerBuilder tracker);
}
