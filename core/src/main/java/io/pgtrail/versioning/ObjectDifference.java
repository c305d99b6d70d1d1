package io.pgtrail.versioning;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One object in two states of the schema, where it is not the same in both.
 *
 * @param objectType its kind, like TABLE
 * @param fullName its name in the second state or, where it is only in the first, there
 * @param type CREATE, ALTER, RENAME or DROP: what leads from the first state to the second
 * @param severity MAJOR, MINOR or PATCH
 * @param versionBefore NULL where it is not in the first state, or not versioned there
 * @param versionAfter NULL where it is not in the second state, or not versioned there
 * @param differences what differs, a line each; empty where it is in one state only
 * @param ddlBefore the statements that create it; NULL where it is not there
 * @param ddlAfter the same for the second state
 */
public record ObjectDifference(
    String objectType,
    String fullName,
    String type,
    String severity,
    @Nullable String versionBefore,
    @Nullable String versionAfter,
    List<String> differences,
    @Nullable String ddlBefore,
    @Nullable String ddlAfter) {

  public ObjectDifference {
    differences = List.copyOf(differences);
  }
}
