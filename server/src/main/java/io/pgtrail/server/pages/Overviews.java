package io.pgtrail.server.pages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pgtrail.reporting.ActivityPeriod;
import io.pgtrail.reporting.Anomaly;
import io.pgtrail.reporting.History;
import io.pgtrail.reporting.HistoryFilter;
import io.pgtrail.reporting.Reports;
import io.pgtrail.versioning.Change;
import io.pgtrail.versioning.ChangeFilter;
import io.pgtrail.versioning.Versions;
import io.quarkus.cache.CacheKey;
import io.quarkus.cache.CacheResult;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * What many look at again and again, read once for all who act as the same role in the same target
 * and have the same rights: they see the same, and who loses some does not see what was read
 * before.
 */
@ApplicationScoped
class Overviews {

  private static final int FEW = 5;
  private static final Span DAY = Span.ALL.get(0);

  private final ObjectMapper json;

  @Inject
  Overviews(ObjectMapper json) {
    this.json = json;
  }

  /** At most two seconds old. */
  @CacheResult(cacheName = "overview")
  Overview overview(
      @CacheKey String target,
      @CacheKey String role,
      @CacheKey Set<String> rights,
      @CacheKey Span span,
      Jdbi database) {
    Reports reports = new Reports(database);
    History history = new History(database);
    List<ActivityPeriod> day = reports.activity(DAY.hours(), DAY.step());
    List<ActivityPeriod> periods =
        span.equals(DAY) ? day : reports.activity(span.hours(), span.step());
    List<Change> changes = new ArrayList<>();
    new Versions(database).read(ChangeFilter.newest(FEW), changes::add);
    return new Overview(
        reports.dashboard().stream().map(metric -> Card.of(metric, day)).toList(),
        reports.health().stream().filter(check -> !check.isWell()).toList(),
        history.page(few("FAILED")).operations(),
        history.page(few("RUNNING")).operations(),
        changes,
        span,
        periods,
        columns(periods));
  }

  /** At most a minute old: they compare with a month, and take longer the longer the trail is. */
  @CacheResult(cacheName = "anomalies")
  List<Anomaly> anomalies(
      @CacheKey String target, @CacheKey String role, @CacheKey Set<String> rights, Jdbi database) {
    return new Reports(database).anomalies(30);
  }

  private static HistoryFilter few(String status) {
    return HistoryFilter.all().withStatus(status).withLimit(FEW);
  }

  private String columns(List<ActivityPeriod> periods) {
    Map<String, List<@Nullable Number>> columns = new TreeMap<>();
    columns.put("at", each(periods, period -> period.begin().getEpochSecond()));
    columns.put("operations", each(periods, ActivityPeriod::operations));
    columns.put("failures", each(periods, ActivityPeriod::failures));
    columns.put("p50", each(periods, ActivityPeriod::p50Ms));
    columns.put("p95", each(periods, ActivityPeriod::p95Ms));
    columns.put("p99", each(periods, ActivityPeriod::p99Ms));
    try {
      return json.writeValueAsString(columns);
    } catch (JsonProcessingException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static List<@Nullable Number> each(
      List<ActivityPeriod> periods, Function<ActivityPeriod, @Nullable Number> value) {
    return periods.stream().map(value).toList();
  }
}
