package io.pgtrail.cli;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.text.DiffRow;
import com.github.difflib.text.DiffRow.Tag;
import com.github.difflib.text.DiffRowGenerator;
import io.pgtrail.cli.Terminal.Color;
import io.pgtrail.versioning.ObjectDifference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The DDL of an object before and after, line by line, as a terminal shows it. */
final class DdlDiff {

  /** Two columns of DDL need so much. */
  static final int NARROWEST_BESIDE = 100;

  private static final int CONTEXT = 3;
  private static final String GAP = "   ";

  private final ObjectDifference difference;
  private final Terminal terminal;
  private final List<String> before;
  private final List<String> after;

  DdlDiff(ObjectDifference difference, Terminal terminal) {
    this.difference = difference;
    this.terminal = terminal;
    this.before = lines(difference.ddlBefore());
    this.after = lines(difference.ddlAfter());
  }

  private static List<String> lines(@Nullable String ddl) {
    return ddl == null ? List.of() : SafeText.lines(ddl).lines().toList();
  }

  /** One below the other, as {@code diff -u}. */
  List<String> unified() {
    List<String> lines =
        UnifiedDiffUtils.generateUnifiedDiff(
            name(difference.ddlBefore(), difference.versionBefore()),
            name(difference.ddlAfter(), difference.versionAfter()),
            before,
            DiffUtils.diff(before, after),
            CONTEXT);
    List<String> painted = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      painted.add(i < 2 ? lines.get(i) : painted(lines.get(i)));
    }
    return painted;
  }

  private String name(@Nullable String ddl, @Nullable String version) {
    return ddl == null
        ? "/dev/null"
        : SafeText.line(difference.objectType() + " " + difference.fullName())
            + (version == null ? "" : " " + version);
  }

  private String painted(String line) {
    return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
      case '+' -> terminal.paint(Color.GREEN, line);
      case '-' -> terminal.paint(Color.RED, line);
      case '@' -> terminal.paint(Color.CYAN, line);
      default -> line;
    };
  }

  /** One beside the other, as {@code diff -y}, in the width of the terminal. */
  List<String> beside() {
    List<DiffRow> rows =
        DiffRowGenerator.create()
            .lineNormalizer(line -> line.replace("\t", "    "))
            .build()
            .generateDiffRows(before, after);
    List<String> lines = new ArrayList<>();
    boolean left = false;
    for (int i = 0; i < rows.size(); i++) {
      if (isNearChange(rows, i)) {
        lines.addAll(beside(rows.get(i)));
        left = false;
      } else if (!left) {
        lines.add(terminal.paint(Color.CYAN, "…"));
        left = true;
      }
    }
    return lines;
  }

  private static boolean isNearChange(List<DiffRow> rows, int place) {
    return rows
        .subList(Math.max(0, place - CONTEXT), Math.min(rows.size(), place + CONTEXT + 1))
        .stream()
        .anyMatch(row -> row.getTag() != Tag.EQUAL);
  }

  private List<String> beside(DiffRow row) {
    int half = (terminal.width() - GAP.length()) / 2;
    List<String> old = SafeText.wrap(row.getOldLine(), half);
    List<String> now = SafeText.wrap(row.getNewLine(), half);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < Math.max(old.size(), now.size()); i++) {
      String left = i < old.size() ? old.get(i) : "";
      String right = i < now.size() ? now.get(i) : "";
      String blanks = " ".repeat(half - SafeText.width(left));
      boolean same = row.getTag() == Tag.EQUAL;
      lines.add(
          ((same ? left : painted(Color.RED, left))
                  + blanks
                  + (i == 0 ? mark(row.getTag()) : GAP)
                  + (same ? right : painted(Color.GREEN, right)))
              .stripTrailing());
    }
    return lines;
  }

  private String painted(Color color, String text) {
    return text.isEmpty() ? text : terminal.paint(color, text);
  }

  private static String mark(Tag tag) {
    return switch (tag) {
      case INSERT -> " > ";
      case DELETE -> " < ";
      case CHANGE -> " | ";
      case EQUAL -> GAP;
    };
  }
}
