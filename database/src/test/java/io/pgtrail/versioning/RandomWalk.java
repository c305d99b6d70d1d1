package io.pgtrail.versioning;

import io.pgtrail.testkit.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.pgcodekeeper.core.schema.AbstractDatabase;
import org.postgresql.util.PSQLException;

/**
 * A walk through states of a schema: forth with random statements, back with rollbacks to random
 * moments. After each way back it checks that the database is what it was at that moment.
 */
final class RandomWalk {

  /** What makes a rollback impossible, by the SQLSTATE that PostgreSQL has for it. */
  private static final Map<String, String> IMPOSSIBLE =
      Map.of(
          "23502", "a column without NULL comes back into a table with rows",
          "23503", "rows violate a foreign key that comes back",
          "23505", "rows violate a key that comes back",
          "23514", "rows violate a check that comes back, or fit in no partition",
          "23P01", "rows violate an exclusion that comes back",
          "22P02", "a value does not fit a type that comes back",
          "22003", "a number does not fit a type that comes back",
          "22001", "a text does not fit a type that comes back",
          "22007", "a date does not fit a type that comes back",
          "42846", "values cannot become a type that comes back");

  private static final int ROWS = 5;

  /** How many earlier moments can be chosen; what the other tool keeps of each is large. */
  private static final int KEPT = 12;

  private final Connection connection;
  private final Connection reader;
  private final RandomDdl ddl;
  private final List<Moment> moments = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private int statements;
  private int rejected;
  private int rollbacks;
  private int compared;

  /**
   * A state that a rollback may lead to.
   *
   * @param at on the server
   * @param schema as the other tool read it
   * @param attributes what it minds, but no rollback can bring back
   */
  private record Moment(String at, AbstractDatabase schema, String attributes) {}

  /**
   * Begins nowhere.
   *
   * @param connection of a superuser, which does everything
   * @param reader another one, for the other tool
   * @param ddl on the first
   */
  RandomWalk(Connection connection, Connection reader, RandomDdl ddl) {
    this.connection = connection;
    this.reader = reader;
    this.ddl = ddl;
  }

  /** Makes the schema that it begins with. */
  void begin() throws Exception {
    ddl.begin();
    connection.setAutoCommit(false);
    for (int i = 0; i < ROWS; i++) {
      for (String row : ddl.rows(false)) {
        attempt(row);
      }
    }
    connection.commit();
    moments.add(remember());
  }

  /** Goes one transaction or two forth and one rollback back; gives what is wrong then. */
  List<String> sequence() throws Exception {
    for (int i = ddl.number(2); i >= 0; i--) {
      forth();
    }
    Moment now = remember();
    keep(now);
    return back(now, ddl.one(moments));
  }

  private void forth() throws Exception {
    int size = 1 + ddl.number(6);
    for (int i = 0; i < size; i++) {
      String sql = ddl.next();
      boolean done = attempt(sql);
      log.add((done ? "" : "-- ") + sql + ";");
      statements++;
      rejected += done ? 0 : 1;
    }
    // Only there: whatever was has rows that fit, and shall be able to come back.
    for (String row : ddl.rows(true)) {
      log.add((attempt(row) ? "" : "-- ") + row + ";");
    }
    try {
      connection.commit();
      log.add("commit;");
    } catch (SQLException refused) {
      connection.rollback();
      log.add("rollback; -- " + refused.getMessage());
    }
  }

  private boolean attempt(String sql) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      Sql.execute(connection, sql);
      return true;
    } catch (SQLException refused) {
      connection.rollback(before);
      return false;
    }
  }

  private Moment remember() throws Exception {
    String at = value("select pg_temp.walk_remember()");
    String attributes = value("select pg_temp.walk_attributes()");
    connection.commit();
    return new Moment(at, IndependentDiffer.read(reader), attributes);
  }

  private void keep(Moment moment) {
    if (moments.size() == KEPT) {
      moments.remove(ddl.number(KEPT));
    }
    moments.add(moment);
  }

  private List<String> back(Moment from, Moment to) throws Exception {
    List<String> wrong = new ArrayList<>();
    strings("select pg_temp.walk_misrecorded('" + from.at() + "')")
        .forEach(s -> wrong.add("recorded otherwise: " + s));
    strings("select 'capture failed: ' || message from pgtrail.capture_failure")
        .forEach(wrong::add);
    Sql.execute(connection, "select pg_temp.walk_keep_rows('before')");
    connection.commit();
    boolean carriedOut = rollBack(to, wrong);
    if (!carriedOut) {
      // The rows that do not fit it will hardly go away.
      moments.remove(to);
    }
    Moment target = carriedOut ? to : from;
    Sql.execute(connection, "select pg_temp.walk_keep_rows('after')");
    Moment now = remember();
    keep(now);
    wrong.addAll(
        strings("select pg_temp.walk_differences('%s', '%s')".formatted(target.at(), now.at())));
    wrong.addAll(strings("select pg_temp.walk_lost_rows()"));
    wrong.addAll(strings("select pg_temp.walk_mixed_up('%s')".formatted(target.at())));
    strings("select i::text from pggit.verify_database_integrity() as i")
        .forEach(s -> wrong.add("drift: " + s));
    connection.commit();
    if (target.attributes().equals(now.attributes())) {
      compared++;
      String differences = IndependentDiffer.differences(target.schema(), now.schema());
      if (!differences.isEmpty()) {
        wrong.add("as pgCodeKeeper sees it: " + differences);
      }
    }
    return wrong;
  }

  /** Whether the rollback was carried out; if not, there was a reason, or something is wrong. */
  private boolean rollBack(Moment to, List<String> wrong) throws SQLException {
    String call = "select * from pggit.rollback_to_timestamp('" + to.at() + "', true)";
    log.add(call + ";");
    try {
      Sql.execute(connection, call);
      connection.commit();
      rollbacks++;
      return true;
    } catch (PSQLException refusal) {
      connection.rollback();
      String state = sqlState(refusal);
      refusals.merge(IMPOSSIBLE.getOrDefault(state, state), 1, Integer::sum);
      log.add("-- refused: " + refusal.getMessage());
      if (!IMPOSSIBLE.containsKey(state)) {
        wrong.add("refused: " + Objects.requireNonNull(refusal.getServerErrorMessage()));
      }
      return false;
    }
  }

  private static String sqlState(PSQLException refusal) {
    String detail = Objects.requireNonNull(refusal.getServerErrorMessage()).getDetail();
    int place = detail == null ? -1 : detail.indexOf("SQLSTATE ");
    return place < 0
        ? String.valueOf(refusal.getSQLState())
        : Objects.requireNonNull(detail).substring(place + 9, place + 14);
  }

  private String value(String query) throws SQLException {
    return String.valueOf(Sql.queryForString(connection, query));
  }

  private List<String> strings(String query) throws SQLException {
    List<String> strings = new ArrayList<>();
    for (var row : Sql.rows(connection, query)) {
      strings.add(String.valueOf(row.values().iterator().next()));
    }
    return strings;
  }

  /** Gives all that was done, as a script. */
  String script() {
    return String.join("\n", log);
  }

  /** Gives how many rollbacks were refused, by reason. */
  Map<String, Integer> refusals() {
    return refusals;
  }

  /** Gives how many rollbacks were carried out. */
  int carriedOut() {
    return rollbacks;
  }

  /** Gives after how many rollbacks, or refusals, the other tool compared the schema. */
  int compared() {
    return compared;
  }

  /** Gives how many statements were valid. */
  int validStatements() {
    return statements - rejected;
  }

  /** Gives how many statements PostgreSQL refused. */
  int rejectedStatements() {
    return rejected;
  }
}
