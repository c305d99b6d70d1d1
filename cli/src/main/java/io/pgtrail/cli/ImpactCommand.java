package io.pgtrail.cli;

import io.pgtrail.versioning.Dependent;
import io.pgtrail.versioning.Versions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pgtrail impact}: what a change of an object may touch. */
@Command(
    name = "impact",
    description = "Show everything that a change of an object may touch.",
    footer = {
      "",
      "What depends on it, and what on that, as PostgreSQL records it. POSSIBLE is what leads over",
      "a mere name in the body of a function, into which PostgreSQL does not look. For members of",
      "pgtrail_reader.",
      "",
      "Example:",
      "  pgtrail impact public.orders"
    })
final class ImpactCommand implements Callable<Integer> {

  private static final Listing<Dependent> DATA =
      new Listing<Dependent>()
          .with(Column.shown("depth"), Dependent::depth)
          .with(Column.shown("object_type"), Dependent::objectType)
          .with(Column.shown("full_name"), Dependent::fullName)
          .with(Column.shown("dependency_kind"), Dependent::dependencyKind)
          .with(Column.shown("certainty"), Dependent::certainty)
          .with(Column.shown("path"), Dependent::path);

  private final PgtrailCommand root;

  @Parameters(paramLabel = "OBJECT", description = "Its name, like public.orders.")
  private String object = "";

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format = Format.table;

  ImpactCommand(PgtrailCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    List<Dependent> dependents = new Versions(root.jdbi(false)).impact(object);
    if (format != Format.table) {
      DATA.print(dependents, format, root.console());
    } else if (!dependents.isEmpty()) {
      List<String> top = dependents.get(0).path().subList(0, 1);
      root.console().say(SafeText.line(top.get(0)));
      print(dependents.stream().collect(Collectors.groupingBy(ImpactCommand::nearer)), top, "");
    }
    if (dependents.isEmpty()) {
      root.console().remark("Nothing depends on it.");
    }
    return 0;
  }

  /** The way to what it depends on. */
  private static List<String> nearer(Dependent dependent) {
    return dependent.path().subList(0, dependent.path().size() - 1);
  }

  private void print(
      Map<List<String>, List<Dependent>> byPath, List<String> path, String indentation) {
    List<Dependent> next =
        byPath.getOrDefault(path, List.of()).stream()
            .sorted(
                Comparator.comparing(Dependent::certainty)
                    .thenComparing(Dependent::objectType)
                    .thenComparing(Dependent::fullName))
            .toList();
    for (int i = 0; i < next.size(); i++) {
      Dependent dependent = next.get(i);
      boolean last = i == next.size() - 1;
      root.console().say(indentation + (last ? "└─ " : "├─ ") + text(dependent));
      print(byPath, dependent.path(), indentation + (last ? "   " : "│  "));
    }
  }

  private String text(Dependent dependent) {
    String name = SafeText.line(dependent.objectType() + " " + dependent.fullName());
    String how = dependent.dependencyKind().equals("FOREIGN KEY") ? name + " (foreign key)" : name;
    return dependent.certainty().equals("POSSIBLE")
        ? root.console().terminal().paint("POSSIBLE", how + " POSSIBLE")
        : how;
  }
}
