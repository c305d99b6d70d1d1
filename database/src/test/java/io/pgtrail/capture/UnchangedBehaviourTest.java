package io.pgtrail.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtrail.capture.ClientSession.Protocol;
import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Installation;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * PostgreSQL behaves with pgtrail as it does without: every script of {@code
 * unchanged-behaviour.sql} runs in a database with pgtrail and in one without, and all that the
 * server says must be the same. Where it is not, the step says {@code --@differs} and why.
 */
final class UnchangedBehaviourTest {

  private static final Installation INSTALLATION =
      empty -> new Installer(empty.dataSource()).install();

  @RegisterExtension static final TestDatabases databases = TestDatabases.with(INSTALLATION);

  private TestDatabase tracked;
  private String plainName;
  private Login visitor;

  @BeforeEach
  void createPlainDatabase(TestDatabase database) throws Exception {
    tracked = database;
    plainName = "plain_" + database.name();
    visitor = database.role("visitor");
    String copied = database.majorVersion() < 15 ? "" : " strategy file_copy";
    database.execute("create database " + plainName + " template template0" + copied);
  }

  @AfterEach
  void dropPlainDatabase() throws Exception {
    tracked.execute("drop database " + plainName + " with (force)");
  }

  static Stream<Arguments> scripts() {
    return SqlScript.inResource("unchanged-behaviour.sql").stream()
        .flatMap(
            script -> Stream.of(Protocol.values()).map(protocol -> Arguments.of(script, protocol)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("scripts")
  void answersAsPostgresDoesWithoutPgtrail(SqlScript script, Protocol protocol) throws Exception {
    assumeTrue(tracked.majorVersion() >= script.firstMajor());

    List<List<String>> without = run(script, protocol, plainName);
    List<List<String>> with = run(script, protocol, tracked.name());

    SoftAssertions.assertSoftly(
        each -> {
          for (int i = 0; i < script.steps().size(); i++) {
            SqlScript.Step step = script.steps().get(i);
            if (step.differs() == null) {
              each.assertThat(with.get(i)).as(step.sql()).isEqualTo(without.get(i));
            } else {
              each.assertThat(with.get(i)).as("No longer: " + step).isNotEqualTo(without.get(i));
            }
          }
        });
    assertThat(tracked.rows("select * from pgtrail.capture_failure")).isEmpty();
  }

  private List<List<String>> run(SqlScript script, Protocol protocol, String database)
      throws SQLException {
    Map<String, ClientSession> sessions = new LinkedHashMap<>();
    List<List<String>> answers = new ArrayList<>();
    try {
      for (SqlScript.Step step : script.steps()) {
        ClientSession session = sessions.get(step.session());
        if (session == null) {
          session = ClientSession.open(login(step.session(), database), protocol);
          sessions.put(step.session(), session);
        }
        SqlScript.Step named =
            new SqlScript.Step(
                step.session(),
                step.copies(),
                step.differs(),
                step.sql().replace("$visitor", visitor.user()).replace("$database", database));
        answers.add(
            session.run(named).stream().map(line -> withoutAccidents(line, database)).toList());
      }
    } finally {
      for (ClientSession session : sessions.values()) {
        session.close();
      }
    }
    return answers;
  }

  private Login login(String session, String database) {
    Login login = session.startsWith("visitor") ? visitor : tracked.login();
    return new Login(
        tracked.jdbcUrl().replace("/" + tracked.name(), "/" + database),
        login.user(),
        login.password());
  }

  /** Numbers that differ from one run to the next anyway. */
  private static String withoutAccidents(String line, String database) {
    return line.replace(database, "DATABASE")
        .replaceAll("pg_(toast_temp|temp|toast)_\\d+", "pg_$1_N")
        .replaceAll("\\(enumtypid, enumlabel\\)=\\(\\d+", "(enumtypid, enumlabel)=(N")
        .replaceAll("(?i)(process|transaction|relation|database|PID|OID) \\d+", "$1 N");
  }
}
