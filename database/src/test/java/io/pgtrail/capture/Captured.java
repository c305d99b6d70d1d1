package io.pgtrail.capture;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One DDL operation, as the trail tells it.
 *
 * @param tag its command tag
 * @param statement its text
 * @param objects what it affected
 * @param effectiveRole who it acted as
 * @param formerName the name before a rename
 * @param extension whose script it was part of
 * @param row all columns, and metadata as text
 */
record Captured(
    String tag,
    String statement,
    List<String> objects,
    String effectiveRole,
    @Nullable String formerName,
    @Nullable String extension,
    Map<String, @Nullable Object> row) {

  static final String QUERY =
      """
      select
          s.*,
          s.affected_objects::text[] as objects,
          s.metadata ->> 'command_tag' as command_tag,
          s.metadata ->> 'former_name' as former_name,
          s.metadata ->> 'extension' as extension,
          s.metadata -> 'rewritten' as rewritten
      from script_tracking.script_execution_s as s
      where s.script_type = 'DDL_AUTO'
      order by s.load_date, s.script_execution_hk
      """;

  static Captured of(Map<String, @Nullable Object> row) {
    return new Captured(
        String.valueOf(row.get("command_tag")),
        String.valueOf(row.get("sql_command")),
        list(row.get("objects")),
        String.valueOf(row.get("effective_role")),
        (String) row.get("former_name"),
        (String) row.get("extension"),
        row);
  }

  private static List<String> list(@Nullable Object array) {
    return array == null ? List.of() : ((List<?>) array).stream().map(Objects::toString).toList();
  }

  String metadata() {
    return String.valueOf(row.get("metadata"));
  }

  /** The tables it rewrote and why, as JSON; null when it rewrote none. */
  @Nullable String rewritten() {
    return (String) row.get("rewritten");
  }

  /** Tag and statement in one, for comparisons that show both. */
  String summary() {
    return tag + ": " + statement;
  }

  static List<String> objects(String... names) {
    return Arrays.asList(names);
  }
}
