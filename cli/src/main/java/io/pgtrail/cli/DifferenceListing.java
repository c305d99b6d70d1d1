package io.pgtrail.cli;

import io.pgtrail.versioning.ObjectDifference;
import java.util.function.Function;

/** How objects differ, for programs. */
final class DifferenceListing {

  private DifferenceListing() {}

  /** The columns of {@code pggit.diff()}. */
  static <T> Listing<T> of(Function<T, ObjectDifference> difference) {
    return new Listing<T>()
        .with(Column.shown("object_type"), difference.andThen(ObjectDifference::objectType))
        .with(Column.shown("full_name"), difference.andThen(ObjectDifference::fullName))
        .with(Column.shown("change_type"), difference.andThen(ObjectDifference::type))
        .with(Column.shown("change_severity"), difference.andThen(ObjectDifference::severity))
        .with(Column.shown("version_before"), thing -> difference.apply(thing).versionBefore())
        .with(Column.shown("version_after"), thing -> difference.apply(thing).versionAfter())
        .with(Column.shown("changes"), difference.andThen(ObjectDifference::differences))
        .with(Column.shown("ddl_before"), thing -> difference.apply(thing).ddlBefore())
        .with(Column.shown("ddl_after"), thing -> difference.apply(thing).ddlAfter());
  }
}
