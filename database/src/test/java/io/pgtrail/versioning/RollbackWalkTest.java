package io.pgtrail.versioning;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.tracking.InstalledDatabase;
import java.net.URLEncoder;
import java.sql.Connection;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random DDL forth, rollbacks to random moments back: the schema is what it was, rows are kept. */
final class RollbackWalkTest extends InstalledDatabase {

  private static final int LEGS = 5;
  private static final int TRANSACTIONS = 4;

  /** One walk for each seed: as many as the build asks for, from the one that it asks for. */
  static LongStream seeds() {
    long first = Long.getLong("pgtrail.test.first-walk", 1);
    return LongStream.range(first, first + Long.getLong("pgtrail.test.walks", 3));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRollbackLeadsExactlyToWhatWasThen(long seed) throws Exception {
    List<String> roles = List.of(member("one").user(), member("two").user());
    try (Connection session = database.connect()) {
      RandomWalk walk =
          new RandomWalk(
              session,
              urlWithLogin(),
              new RandomDdl(session, seed, roles, database.majorVersion()));
      walk.begin();

      for (int leg = 0; leg < LEGS; leg++) {
        assertThat(walk.leg(TRANSACTIONS)).as("seed %s%n%s", seed, walk.script()).isEmpty();
      }

      assertThat(walk.validStatements()).isGreaterThan(walk.rejectedStatements());
      assertThat(walk.carriedOut()).as("%s%n%s", walk.refusals(), walk.script()).isPositive();
    }
  }

  private String urlWithLogin() {
    Login login = database.login();
    return "%s?user=%s&password=%s"
        .formatted(
            login.jdbcUrl(),
            URLEncoder.encode(login.user(), UTF_8),
            URLEncoder.encode(login.password(), UTF_8));
  }
}
