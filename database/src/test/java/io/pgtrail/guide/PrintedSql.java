package io.pgtrail.guide;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A piece of SQL that a guide prints, and what comes of it on a known history.
 *
 * <p>In a resource each begins with {@code --@ title}; a second one under the same heading is
 * {@code title 2}. All other directions are comments, too, so that psql runs the file:
 *
 * <ul>
 *   <li>{@code --: trait, trait} see {@link Trait};
 *   <li>{@code --< statement} comes before it;
 *   <li>{@code --! 25001 reason} PostgreSQL refuses it, with that SQLSTATE; {@code 25001/0A000}
 *       where majors differ;
 *   <li>{@code --! instead title} the piece of how-to.sql that does what it was meant to do;
 *   <li>{@code --? query} is asked after it, and answers instead of it;
 *   <li>{@code --| a | b} its result: names of the columns, then rows.
 * </ul>
 *
 * @param document name of the resource, without .sql
 * @param title heading above it in the document
 * @param sql word for word
 * @param before statements that come first; may be empty
 * @param question asked after it; empty when its own rows are the result
 * @param result lines of the expected result; a piece must have some
 * @param refusal what PostgreSQL says when it cannot run the piece
 */
record PrintedSql(
    String document,
    String title,
    String sql,
    Set<Trait> traits,
    String before,
    String question,
    List<String> result,
    Optional<Refusal> refusal) {

  /** What is special about a piece. */
  enum Trait {
    /** Only administrators may run it. */
    BY_ADMIN,
    /** Lines of PL/pgSQL, not statements: they stand in a block that declares their variables. */
    FRAGMENT,
    /** Its rows have no order. */
    ANY_ORDER,
    /** The history is that of the baselines, with usual and unusual days of six users. */
    ON_BASELINES
  }

  /**
   * Why PostgreSQL cannot run a piece.
   *
   * @param instead title of the piece in our how-to pages that does the same
   */
  record Refusal(List<String> sqlStates, String reason, String instead) {}

  PrintedSql {
    traits = Set.copyOf(traits);
    result = List.copyOf(result);
  }

  boolean is(Trait trait) {
    return traits.contains(trait);
  }

  /** What is sent to the server. */
  String script() {
    return is(Trait.FRAGMENT)
        ? "do $fragment$ declare operation_id bytea; success_flag boolean := true; begin\n"
            + sql
            + "\nend $fragment$;"
        : sql;
  }

  /** All pieces of all documents. */
  static Stream<PrintedSql> all() {
    return Stream.of(
            "user-guide",
            "api-reference",
            "deployment",
            "architecture",
            "operations-guide",
            "how-to")
        .flatMap(document -> in(document).stream());
  }

  /** All pieces of a document, in its order. */
  static List<PrintedSql> in(String document) {
    List<PrintedSql> pieces = new ArrayList<>();
    for (String section : read(document + ".sql").split("(?m)^--@ ", -1)) {
      pieces.add(parse(document, section));
    }
    return pieces.subList(1, pieces.size());
  }

  /** The piece with this title. */
  static PrintedSql titled(String document, String title) {
    return in(document).stream()
        .filter(piece -> piece.title.equals(title))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(document + " has no SQL titled " + title));
  }

  private static PrintedSql parse(String document, String section) {
    List<String> lines = section.lines().toList();
    return new PrintedSql(
        document,
        lines.isEmpty() ? "" : lines.get(0),
        lines.stream()
            .skip(1)
            .filter(line -> !line.matches("--[:<!?|] .*"))
            .collect(Collectors.joining("\n"))
            .strip(),
        Arrays.stream(marked(':', lines).split("[,\n]\\s*", -1))
            .filter(trait -> !trait.isEmpty())
            .map(trait -> Trait.valueOf(trait.toUpperCase(Locale.ROOT).replace(' ', '_')))
            .collect(Collectors.toSet()),
        marked('<', lines),
        marked('?', lines),
        marked('|', lines).lines().map(PrintedSql::cells).toList(),
        refusal(marked('!', lines)));
  }

  private static String marked(char mark, List<String> lines) {
    String start = "--" + mark + " ";
    return lines.stream()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()))
        .collect(Collectors.joining("\n"));
  }

  /** A row of a table without the blanks that align it. */
  private static String cells(String row) {
    return row.replaceAll("\\s+\\|", " |").strip();
  }

  private static Optional<Refusal> refusal(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    @Nullable String[] parts = text.split("\ninstead ", 2);
    String[] stateAndReason = Objects.requireNonNull(parts[0]).split(" ", 2);
    String instead = parts.length == 2 ? Objects.requireNonNull(parts[1]) : "";
    return Optional.of(
        new Refusal(List.of(stateAndReason[0].split("/")), stateAndReason[1], instead));
  }

  private static String read(String name) {
    try (InputStream resource = PrintedSql.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new IllegalStateException("Cannot read " + name, failure);
    }
  }

  @Override
  public String toString() {
    return document + ": " + title;
  }
}
