package io.pgtrail.versioning;

import java.util.List;

/**
 * Something that a change of an object may touch, a row of {@code pggit.impact()}.
 *
 * @param depth how many steps away it is, from 1
 * @param dependencyKind NORMAL, AUTO, FOREIGN KEY or BODY: how it depends on the last before it
 * @param certainty CERTAIN, or POSSIBLE where a step is but a name in the body of a function
 * @param path full names from the object to it, both included
 */
public record Dependent(
    int depth,
    String objectType,
    String fullName,
    String dependencyKind,
    String certainty,
    List<String> path) {

  public Dependent {
    path = List.copyOf(path);
  }
}
