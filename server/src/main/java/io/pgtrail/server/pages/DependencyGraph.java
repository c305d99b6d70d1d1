package io.pgtrail.server.pages;

import io.pgtrail.versioning.Dependency;
import io.pgtrail.versioning.Dependent;
import io.pgtrail.versioning.VersionedObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an object needs on its left and what needs it on its right, drawn in columns: one for each
 * step away from it.
 *
 * @param width of the drawing in pixels
 * @param height the same
 * @param nodes the objects
 * @param edges what joins them
 * @param dependencies all that it needs
 * @param dependents all that a change of it may touch, also what is not drawn
 * @param hidden how many are not drawn
 */
public record DependencyGraph(
    int width,
    int height,
    List<Node> nodes,
    List<Edge> edges,
    List<Dependency> dependencies,
    List<Dependent> dependents,
    int hidden) {

  private static final int BOX_WIDTH = 190;
  private static final int BOX_HEIGHT = 40;
  private static final int COLUMN = 250;
  private static final int ROW = 52;
  private static final int MARGIN = 8;
  private static final int MOST_ROWS = 12;
  private static final int FARTHEST = 4;
  private static final int LONGEST_LABEL = 26;

  /**
   * An object in the drawing.
   *
   * @param x left edge
   * @param y upper edge
   * @param type its kind
   * @param name its full name
   * @param label as much of it as has room
   * @param isCentre whether it is the one that the drawing is about
   */
  public record Node(int x, int y, String type, String name, String label, boolean isCentre) {

    public int textX() {
      return x + 8;
    }

    public int typeY() {
      return y + 15;
    }

    public int nameY() {
      return y + 31;
    }
  }

  /**
   * A line from what is needed to what needs it.
   *
   * @param possible whether it is but a name in the body of a function
   */
  public record Edge(int fromX, int fromY, int toX, int toY, boolean possible) {

    /** Where the curve turns. */
    public int bend() {
      return (fromX + toX) / 2;
    }
  }

  static DependencyGraph of(
      VersionedObject object, List<Dependency> dependencies, List<Dependent> dependents) {
    return new Drawing(object, dependencies, dependents).graph();
  }

  /** Whether the object stands alone. */
  public boolean isEmpty() {
    return dependencies.isEmpty() && dependents.isEmpty();
  }

  public int boxWidth() {
    return BOX_WIDTH;
  }

  public int boxHeight() {
    return BOX_HEIGHT;
  }

  /** Puts everything in its place. */
  private static final class Drawing {

    private final VersionedObject object;
    private final List<Dependency> dependencies;
    private final List<Dependent> dependents;
    private final List<Dependency> drawnDependencies;
    private final Map<Integer, List<Dependent>> drawnDependents = new TreeMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private final int height;

    Drawing(VersionedObject object, List<Dependency> dependencies, List<Dependent> dependents) {
      this.object = object;
      this.dependencies = dependencies;
      this.dependents = dependents;
      this.drawnDependencies = dependencies.stream().limit(MOST_ROWS).toList();
      dependents.stream()
          .filter(dependent -> dependent.depth() <= FARTHEST)
          .sorted(Comparator.comparing(Dependent::certainty))
          .forEach(
              dependent -> {
                List<Dependent> column =
                    drawnDependents.computeIfAbsent(dependent.depth(), depth -> new ArrayList<>());
                if (column.size() < MOST_ROWS) {
                  column.add(dependent);
                }
              });
      int rows = Math.max(1, drawnDependencies.size());
      for (List<Dependent> column : drawnDependents.values()) {
        rows = Math.max(rows, column.size());
      }
      this.height = rows * ROW + 2 * MARGIN - (ROW - BOX_HEIGHT);
    }

    DependencyGraph graph() {
      int centre = drawnDependencies.isEmpty() ? 0 : 1;
      Node middle = node(centre, 0, 1, object.type(), object.fullName(), true);
      for (int i = 0; i < drawnDependencies.size(); i++) {
        Dependency needed = drawnDependencies.get(i);
        Node node =
            node(0, i, drawnDependencies.size(), needed.objectType(), needed.fullName(), false);
        join(node, middle, needed.certainty());
      }
      Map<String, Node> before = Map.of(object.fullName(), middle);
      int drawn = drawnDependencies.size();
      for (Map.Entry<Integer, List<Dependent>> column : drawnDependents.entrySet()) {
        Map<String, Node> here = new LinkedHashMap<>();
        List<Dependent> members = column.getValue();
        for (int i = 0; i < members.size(); i++) {
          Dependent dependent = members.get(i);
          Node node =
              node(
                  centre + column.getKey(),
                  i,
                  members.size(),
                  dependent.objectType(),
                  dependent.fullName(),
                  false);
          here.put(dependent.fullName(), node);
          Node reachedFrom = before.get(dependent.path().get(dependent.path().size() - 2));
          if (reachedFrom != null) {
            join(reachedFrom, node, dependent.certainty());
          }
        }
        drawn += members.size();
        before = here;
      }
      int right = nodes.stream().mapToInt(Node::x).max().orElse(0) + BOX_WIDTH + MARGIN;
      return new DependencyGraph(
          right,
          height,
          nodes,
          edges,
          dependencies,
          dependents,
          dependencies.size() + dependents.size() - drawn);
    }

    private Node node(int column, int row, int rows, String type, String name, boolean isCentre) {
      int top = MARGIN + (height - 2 * MARGIN - (rows * ROW - (ROW - BOX_HEIGHT))) / 2 + row * ROW;
      Node node = new Node(MARGIN + column * COLUMN, top, type, name, shortened(name), isCentre);
      nodes.add(node);
      return node;
    }

    private void join(Node from, Node to, String certainty) {
      edges.add(
          new Edge(
              from.x() + BOX_WIDTH,
              from.y() + BOX_HEIGHT / 2,
              to.x(),
              to.y() + BOX_HEIGHT / 2,
              certainty.equals("POSSIBLE")));
    }

    private static String shortened(String name) {
      return name.codePointCount(0, name.length()) <= LONGEST_LABEL
          ? name
          : name.substring(0, name.offsetByCodePoints(0, LONGEST_LABEL - 1)) + "…";
    }
  }
}
