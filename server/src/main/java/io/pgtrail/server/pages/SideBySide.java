package io.pgtrail.server.pages;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.DeltaType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Two texts beside each other, line by line. */
final class SideBySide {

  /**
   * One line of each; a side without one is empty.
   *
   * @param oldClass how it is shown: removed, or as usual
   * @param newClass how it is shown: added, or as usual
   */
  public record Row(String oldLine, String oldClass, String newLine, String newClass) {}

  private SideBySide() {}

  static List<Row> of(@Nullable String before, @Nullable String after) {
    List<String> old = before == null ? List.of() : before.lines().toList();
    List<String> now = after == null ? List.of() : after.lines().toList();
    List<Row> rows = new ArrayList<>();
    for (AbstractDelta<String> delta : DiffUtils.diff(old, now, true).getDeltas()) {
      List<String> source = delta.getSource().getLines();
      List<String> target = delta.getTarget().getLines();
      for (int i = 0; i < Math.max(source.size(), target.size()); i++) {
        rows.add(
            delta.getType() == DeltaType.EQUAL
                ? new Row(source.get(i), "", target.get(i), "")
                : new Row(
                    line(source, i),
                    i < source.size() ? "removed" : "",
                    line(target, i),
                    i < target.size() ? "added" : ""));
      }
    }
    return rows;
  }

  private static String line(List<String> lines, int number) {
    return number < lines.size() ? lines.get(number) : "";
  }
}
