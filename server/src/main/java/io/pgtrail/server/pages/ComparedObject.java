package io.pgtrail.server.pages;

import io.pgtrail.versioning.ObjectDifference;
import java.util.List;

/**
 * An object in two states of the schema.
 *
 * @param difference what differs, in words
 * @param rows its DDL then and now, beside each other
 */
public record ComparedObject(ObjectDifference difference, List<SideBySide.Row> rows) {

  public ComparedObject {
    rows = List.copyOf(rows);
  }
}
