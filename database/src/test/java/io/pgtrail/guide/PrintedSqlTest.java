package io.pgtrail.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtrail.guide.PrintedSql.Refusal;
import io.pgtrail.guide.PrintedSql.Trait;
import io.pgtrail.testkit.Login;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ListAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the guides and our own how-to pages print, run as printed and compared row by row. */
final class PrintedSqlTest extends InstalledDatabase {

  private NoonDay day;

  @BeforeEach
  void beginAtNoon() throws Exception {
    day = NoonDay.today(connection);
    day.enter(connection);
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void givesRightRowsAsPrinted(PrintedSql piece) throws Exception {
    record(piece, null, createTenant("acme"));
    run(piece.before());

    assertResult(piece, connection);
  }

  @ParameterizedTest
  @Tag("one-major")
  @MethodSource("acceptedFromEveryone")
  void givesAReaderTheSameRowsWhateverOtherTenantsDo(PrintedSql piece) throws Exception {
    Login reader = member("reader", "pgtrail_reader");
    record(piece, null, createTenant("acme"), createTenant("bolt"));
    run("select script_tracking.grant_tenant('acme', '" + reader.user() + "')", piece.before());

    try (Connection session = database.connectAs(reader)) {
      day.enter(session);
      assertResult(piece, session);
    }
  }

  @ParameterizedTest
  @Tag("one-major")
  @MethodSource("acceptedFromEveryone")
  void showsOthersAsMuchAsAnEmptyTrail(PrintedSql piece) throws Exception {
    run(piece.before());
    List<String> empty = rowsOf(piece, member("earlier"));

    record(piece, null, createTenant("acme"));

    assertThat(rowsOf(piece, member("later"))).containsExactlyInAnyOrderElementsOf(empty);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void isRefusedByPostgresAndDoneInsteadByOurPages(PrintedSql piece) throws Exception {
    Refusal refusal = piece.refusal().orElseThrow();

    // What it did before it was refused is not part of what our pages give instead.
    run("begin");
    assertThatThrownBy(() -> ScriptRun.of(connection, day, piece.script()))
        .isInstanceOfSatisfying(
            SQLException.class,
            said -> assertThat(refusal.sqlStates()).contains(said.getSQLState()));
    run("rollback");
    assertThat(refusal.reason()).isNotEmpty();
    if (piece.document().equals("user-guide")) {
      assertThat(refusal.instead()).as("what our pages give instead").isNotEmpty();
    }
    if (!refusal.instead().isEmpty()) {
      PrintedSql instead = PrintedSql.titled("how-to", refusal.instead());
      assertThat(instead.refusal()).isEmpty();
      givesRightRowsAsPrinted(instead);
    }
  }

  static Stream<PrintedSql> accepted() {
    return PrintedSql.all().filter(piece -> piece.refusal().isEmpty());
  }

  static Stream<PrintedSql> acceptedFromEveryone() {
    return accepted().filter(piece -> !piece.is(Trait.BY_ADMIN));
  }

  static Stream<PrintedSql> refused() {
    return PrintedSql.all().filter(piece -> piece.refusal().isPresent());
  }

  private void assertResult(PrintedSql piece, Connection session) throws SQLException {
    ListAssert<String> rows = assertThat(rows(piece, session)).as(piece.toString());
    if (piece.is(Trait.ANY_ORDER)) {
      rows.containsExactlyInAnyOrderElementsOf(piece.result());
    } else {
      rows.containsExactlyElementsOf(piece.result());
    }
  }

  private List<String> rows(PrintedSql piece, Connection session) throws SQLException {
    List<String> rows = ScriptRun.of(session, day, piece.script());
    return piece.question().isEmpty() ? rows : ScriptRun.of(session, day, piece.question());
  }

  private List<String> rowsOf(PrintedSql piece, Login visitor) throws SQLException {
    try (Connection session = database.connectAs(visitor)) {
      day.enter(session);
      return rows(piece, session);
    }
  }

  /** Records the history of a piece for each of these tenants; null is the system. */
  private void record(PrintedSql piece, @Nullable String... tenants) throws SQLException {
    for (String tenant : tenants) {
      new KnownHistory(day, connection)
          .record(piece.is(Trait.ON_BASELINES) ? "baselines" : "office", tenant);
    }
  }

  private String createTenant(String name) throws SQLException {
    return value("select script_tracking.create_tenant('" + name + "')::text");
  }
}
