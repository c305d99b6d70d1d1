package io.pgtrail.reporting;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some operations, newest first.
 *
 * @param next where the next page begins, for {@link HistoryCursor#parse}; NULL for the last one
 */
public record OperationPage(List<Operation> operations, @Nullable String next) {

  public OperationPage {
    operations = List.copyOf(operations);
  }
}
