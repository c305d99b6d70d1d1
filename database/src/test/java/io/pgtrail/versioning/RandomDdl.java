package io.pgtrail.versioning;

import io.pgtrail.testkit.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Statements that change the schema of a database at random. It looks into the catalogs for what is
 * there, so that most of them are valid: moves.sql lists what it may do. The same seed gives the
 * same statements on the same major version.
 */
final class RandomDdl {

  private static final Pattern MOVE = Pattern.compile("-- (\\d+) (.+?)(?: \\(from (\\d+)\\))?");
  private static final Pattern CHOICE = Pattern.compile("\\{([a-z]+)}");

  private static final Map<String, List<String>> NAMES =
      Map.ofEntries(
          Map.entry(
              "rel", List.of("r1", "r2", "r3", "r4", "r5", "\"R six\"", "\"select\"", "customer")),
          Map.entry("col", List.of("a", "b", "c", "d", "name", "\"E f\"", "\"order\"")),
          Map.entry("idx", List.of("i1", "i2", "i3", "i4", "i5", "\"I 6\"")),
          Map.entry("con", List.of("k1", "k2", "k3", "k4", "\"K 5\"")),
          Map.entry("fn", List.of("f1", "f2", "f3", "f4", "\"F 5\"", "twice")),
          Map.entry("trg", List.of("g1", "g2", "g3", "\"G 4\"")),
          Map.entry("pol", List.of("p1", "p2", "\"P 3\"")),
          Map.entry("typ", List.of("y1", "y2", "y3", "\"Y 4\"", "mood")),
          Map.entry("seq", List.of("q1", "q2", "q3", "\"Q 4\"")),
          Map.entry("n", List.of("1", "2", "3", "4", "5", "6", "7", "8", "9")));

  private static final List<String> TYPES =
      List.of(
          "integer",
          "integer",
          "bigint",
          "text",
          "text",
          "character varying(30)",
          "numeric(8,2)",
          "date",
          "timestamp with time zone",
          "boolean",
          "jsonb",
          "uuid",
          "integer[]");

  private record Move(String name, String query) {}

  private final Connection connection;
  private final Random random;
  private final List<String> roles;
  private final List<Move> moves = new ArrayList<>();

  RandomDdl(Connection connection, long seed, List<String> roles, int majorVersion) {
    this.connection = connection;
    this.random = new Random(seed);
    this.roles = List.copyOf(roles);
    for (String block : resource("moves.sql").split("\n\n", -1)) {
      String[] parts = block.split("\n", 2);
      Matcher head = MOVE.matcher(parts[0]);
      if (!head.matches()
          || (head.group(3) != null && Integer.parseInt(head.group(3)) > majorVersion)) {
        continue;
      }
      for (int i = 0; i < Integer.parseInt(head.group(1)); i++) {
        moves.add(new Move(head.group(2), parts[1]));
      }
    }
  }

  /** Makes what every walk begins with, and what the moves choose from. */
  void begin() throws SQLException {
    // One by one: the driver takes BEGIN ATOMIC only alone.
    Sql.execute(connection, fill(resource("begin.sql")).split(";\\n"));
    Sql.execute(connection, resource("views.sql"));
  }

  /** Gives the next statement, which may be refused. */
  String next() throws SQLException {
    while (true) {
      Move move = one(moves);
      List<String> candidates = strings(move.query());
      if (!candidates.isEmpty()) {
        return fill(one(candidates));
      }
    }
  }

  /**
   * Gives statements that insert a row into each table, or each without rows; they may be refused.
   */
  List<String> rows(boolean onlyWhereThereIsNone) throws SQLException {
    List<String> rows = new ArrayList<>();
    for (String row :
        strings(
            "select statement from walk_insert"
                + (onlyWhereThereIsNone ? " where is_empty" : ""))) {
      rows.add(fill(row));
    }
    return rows;
  }

  private String fill(String template) throws SQLException {
    Matcher choice = CHOICE.matcher(template);
    StringBuilder sql = new StringBuilder();
    String number = one(Objects.requireNonNull(NAMES.get("n")));
    while (choice.find()) {
      choice.appendReplacement(sql, Matcher.quoteReplacement(chosen(choice.group(1), number)));
    }
    return choice.appendTail(sql).toString();
  }

  private String chosen(String what, String number) throws SQLException {
    return switch (what) {
      case "n" -> number;
      case "role" -> one(roles);
      case "schema" -> one(strings("select name from walk_schema"));
      case "type" -> {
        List<String> types = new ArrayList<>(TYPES);
        types.addAll(strings("select name from walk_type"));
        yield one(types);
      }
      default -> one(Objects.requireNonNull(NAMES.get(what), what));
    };
  }

  /** In the order of their text, for the order of rows is chance. */
  private List<String> strings(String query) throws SQLException {
    List<String> strings = new ArrayList<>();
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(query)) {
      while (result.next()) {
        String string = result.getString(1);
        if (string != null) {
          strings.add(string);
        }
      }
    }
    strings.sort(null);
    return strings;
  }

  /** Gives one of several. */
  <T> T one(List<T> several) {
    return several.get(random.nextInt(several.size()));
  }

  /** Gives a number from 0 up to, but not including, a bound. */
  int number(int bound) {
    return random.nextInt(bound);
  }

  private static String resource(String name) {
    try (InputStream stream =
        Objects.requireNonNull(RandomDdl.class.getResourceAsStream("walk/" + name), name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
