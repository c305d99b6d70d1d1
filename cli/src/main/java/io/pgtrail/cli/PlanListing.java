package io.pgtrail.cli;

import io.pgtrail.versioning.PlannedStep;
import java.util.List;

/** Prints the steps of a plan, for {@code rollback} and {@code demo}. */
final class PlanListing {

  /** A function's body would hide the other steps; the other formats have all of it. */
  private static final int LONGEST_DDL = 300;

  private static final Listing<PlannedStep> TABLE =
      new Listing<PlannedStep>()
          .with(Column.number("step"), PlannedStep::step)
          .with(Column.shown("action"), PlannedStep::action)
          .with(Column.text("object"), step -> step.objectType() + " " + step.fullName())
          .with(Column.shown("risk"), PlannedStep::risk)
          .with(Column.number("lost rows"), PlanListing::lostRows)
          .with(Column.prose("ddl"), PlanListing::ddl);

  private static final Listing<PlannedStep> DATA =
      new Listing<PlannedStep>()
          .with(Column.shown("step"), PlannedStep::step)
          .with(Column.shown("action"), PlannedStep::action)
          .with(Column.shown("object_type"), PlannedStep::objectType)
          .with(Column.shown("full_name"), PlannedStep::fullName)
          .with(Column.shown("ddl"), PlannedStep::ddl)
          .with(Column.shown("risk"), PlannedStep::risk)
          .with(Column.shown("reason"), PlannedStep::reason)
          .with(Column.shown("lost_rows"), PlannedStep::lostRows);

  private PlanListing() {}

  static void print(List<PlannedStep> steps, Format format, Console console) {
    (format == Format.table ? TABLE : DATA).print(steps, format, console);
  }

  private static Object lostRows(PlannedStep step) {
    Long rows = step.lostRows();
    if (rows != null) {
      return rows;
    }
    return step.risk().equals("DATA_LOSS") ? "?" : "";
  }

  private static String ddl(PlannedStep step) {
    return SafeText.shorten(step.ddl().replaceAll("\\s+", " "), LONGEST_DDL);
  }
}
