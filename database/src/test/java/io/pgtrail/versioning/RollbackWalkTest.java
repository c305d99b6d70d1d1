package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Properties;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random DDL forth, rollbacks to random moments back: the schema is what it was, rows are kept. */
final class RollbackWalkTest extends InstalledDatabase {

  /** How many rollbacks each walk carries out. */
  private static final int ROLLBACKS = 50;

  /** One walk for each seed: as many as the build asks for, from the one that it asks for. */
  static LongStream seeds() {
    long first = Long.getLong("pgtrail.test.first-walk", 1);
    return LongStream.range(first, first + Long.getLong("pgtrail.test.walks", 1));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRollbackLeadsExactlyToWhatWasThen(long seed) throws Exception {
    List<String> roles = List.of(member("one").user(), member("two").user());
    try (Connection session = database.connect();
        Connection reader = DriverManager.getConnection(database.jdbcUrl(), prepared())) {
      RandomWalk walk =
          new RandomWalk(
              session, reader, new RandomDdl(session, seed, roles, database.majorVersion()));
      walk.begin();

      int sequences = 0;
      while (walk.carriedOut() < ROLLBACKS) {
        assertThat(walk.sequence()).as("seed %s%n%s", seed, walk.script()).isEmpty();
        sequences++;
        // Some states cannot come back, for the rows that are there by now do not fit.
        assertThat(sequences)
            .as("%s%n%s", walk.refusals(), walk.script())
            .isLessThan(2 * ROLLBACKS);
      }

      assertThat(walk.validStatements()).isGreaterThan(walk.rejectedStatements());
      // Where the order of attributes, say, cannot come back, the other tool would find that.
      assertThat(walk.compared()).isGreaterThan(sequences / 4);
    }
  }

  /** The other tool asks the same again and again: PostgreSQL shall plan it once. */
  private Properties prepared() {
    Properties properties = new Properties();
    properties.setProperty("user", database.login().user());
    properties.setProperty("password", database.login().password());
    properties.setProperty("prepareThreshold", "1");
    // Joins one row at a time where PostgreSQL takes many rows for one: that takes twice as long.
    properties.setProperty("options", "-c enable_nestloop=off");
    return properties;
  }
}
