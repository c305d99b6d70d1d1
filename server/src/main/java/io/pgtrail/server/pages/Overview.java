package io.pgtrail.server.pages;

import io.pgtrail.reporting.ActivityPeriod;
import io.pgtrail.reporting.HealthCheck;
import io.pgtrail.reporting.Operation;
import io.pgtrail.versioning.Change;
import java.util.List;

/**
 * A target at a glance.
 *
 * @param cards the numbers of the last 24 hours
 * @param worries what is not well
 * @param failures the latest failures
 * @param running the latest of what runs now
 * @param changes the latest changes of the schema
 * @param span how far back the charts reach
 * @param periods what the charts show
 * @param columns the same, as the charts want it
 */
public record Overview(
    List<Card> cards,
    List<HealthCheck> worries,
    List<Operation> failures,
    List<Operation> running,
    List<Change> changes,
    Span span,
    List<ActivityPeriod> periods,
    String columns) {}
