package io.pgtrail.tracking;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an operation when it begins.
 *
 * @param name 1 to 255 characters
 * @param type 1 to 50 characters, such as MIGRATION
 * @param content what is executed; the database redacts secrets in it. Of more than {@value
 *     Tracker#LONGEST_CONTENT} characters only the beginning is kept, which the metadata say
 * @param filePath the file it comes from
 * @param metadata anything else
 */
public record OperationStart(
    String name,
    String type,
    @Nullable String content,
    @Nullable String filePath,
    Map<String, String> metadata) {

  public OperationStart {
    metadata = Map.copyOf(metadata);
  }
}
