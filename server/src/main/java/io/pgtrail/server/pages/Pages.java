package io.pgtrail.server.pages;

import io.pgtrail.reporting.ActivityPeriod;
import io.pgtrail.reporting.Anomaly;
import io.pgtrail.reporting.DashboardMetric;
import io.pgtrail.reporting.HealthCheck;
import io.pgtrail.reporting.Operation;
import io.pgtrail.reporting.OperationPage;
import io.pgtrail.reporting.OperationVersion;
import io.pgtrail.reporting.PerformanceMetric;
import io.pgtrail.server.schedule.TaskState;
import io.pgtrail.server.targets.TargetState;
import io.pgtrail.server.web.OperationsQuery;
import io.pgtrail.server.web.Problem;
import io.pgtrail.versioning.BlamedPart;
import io.pgtrail.versioning.Change;
import io.pgtrail.versioning.ObjectVersion;
import io.pgtrail.versioning.PlannedStep;
import io.pgtrail.versioning.SchemaSummary;
import io.pgtrail.versioning.VersionedObject;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The templates, checked when the server is built. */
@CheckedTemplate(basePath = "Pages")
final class Pages {

  private Pages() {}

  static native TemplateInstance signIn(boolean refused);

  static native TemplateInstance targets(Frame frame, List<TargetState> targets);

  static native TemplateInstance glance(List<DashboardMetric> metrics);

  static native TemplateInstance overview(
      Frame frame,
      List<Card> cards,
      List<HealthCheck> worries,
      List<Operation> failures,
      List<Operation> running,
      List<Change> changes,
      Span span,
      List<Span> spans,
      List<ActivityPeriod> periods,
      String columns);

  static native TemplateInstance operations(
      Frame frame,
      OperationsQuery query,
      OperationPage page,
      List<String> statuses,
      String nextUrl);

  static native TemplateInstance operation(
      Frame frame,
      Operation current,
      List<OperationVersion> versions,
      List<Change> changes,
      String text);

  static native TemplateInstance schema(
      Frame frame,
      String name,
      @Nullable String open,
      boolean dropped,
      List<SchemaSummary> schemas,
      List<VersionedObject> objects,
      boolean cut);

  static native TemplateInstance object(
      Frame frame,
      VersionedObject object,
      List<ObjectVersion> versions,
      List<String> labels,
      @Nullable String from,
      @Nullable String to,
      List<SideBySide.Row> rows,
      List<BlamedPart> blame,
      @Nullable DependencyGraph graph);

  static native TemplateInstance schemaAt(
      Frame frame,
      @Nullable String moment,
      List<ComparedObject> comparisons,
      int total,
      @Nullable String ddl);

  static native TemplateInstance rollback(
      Frame frame,
      @Nullable String to,
      List<PlannedStep> steps,
      boolean mayRun,
      @Nullable String outcome,
      boolean done);

  static native TemplateInstance health(
      Frame frame,
      List<HealthCheck> health,
      List<TaskState> tasks,
      List<PerformanceMetric> performance,
      List<Anomaly> anomalies);

  static native TemplateInstance alerts(Frame frame, AlertsView view);

  static native TemplateInstance error(Problem problem);
}
