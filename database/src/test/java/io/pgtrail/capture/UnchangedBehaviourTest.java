package io.pgtrail.capture;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtrail.capture.ClientSession.Protocol;
import io.pgtrail.install.Installations;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.TestDatabase;
import io.pgtrail.testkit.TestDatabases;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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

  @RegisterExtension
  static final TestDatabases databases = TestDatabases.with(Installations.PGTRAIL);

  /** At client_min_messages = debug1 the server tells of its event triggers and its caches. */
  private static final Pattern MESSAGES_TO_DEVELOPERS =
      Pattern.compile(
          "^notice DEBUG .*routine: (EventTriggerInvoke|RehashCatCache)", Pattern.DOTALL);

  private static TestDatabase tracked;
  private static String plainName;
  private static Login visitor;

  /** Sessions that scripts gave back, by database, role and protocol. */
  private static final Map<List<Object>, Deque<ClientSession>> IDLE = new HashMap<>();

  /** Two databases for all scripts: each script removes what it made. */
  @BeforeAll
  static void createPlainDatabase(TestDatabase database) throws Exception {
    tracked = database;
    plainName = "plain_" + database.name();
    visitor = database.role("visitor");
    database.execute("create database " + plainName + " template template0");
  }

  @AfterAll
  static void dropPlainDatabase() throws Exception {
    for (Deque<ClientSession> sessions : IDLE.values()) {
      for (ClientSession session : sessions) {
        session.close();
      }
    }
    IDLE.clear();
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
  }

  private static List<List<String>> run(SqlScript script, Protocol protocol, String database)
      throws SQLException {
    Map<String, ClientSession> sessions = new LinkedHashMap<>();
    List<List<String>> answers = new ArrayList<>();
    try {
      for (SqlScript.Step step : script.steps()) {
        ClientSession session = sessions.get(step.session());
        if (session == null) {
          session = open(login(step.session(), database), protocol);
          sessions.put(step.session(), session);
        }
        SqlScript.Step named =
            new SqlScript.Step(
                step.session(),
                step.copies(),
                step.differs(),
                step.sql().replace("$visitor", visitor.user()).replace("$database", database));
        answers.add(
            session.run(named).stream()
                .filter(line -> !MESSAGES_TO_DEVELOPERS.matcher(line).find())
                .map(line -> withoutAccidents(line, database))
                .toList());
      }
    } finally {
      for (Map.Entry<String, ClientSession> session : sessions.entrySet()) {
        giveBack(login(session.getKey(), database), protocol, session.getValue());
      }
    }
    return answers;
  }

  /** Most scripts get a session that another one gave back: a new one costs more than a script. */
  private static ClientSession open(Login login, Protocol protocol) throws SQLException {
    ClientSession idle = idle(login, protocol).poll();
    return idle == null ? ClientSession.open(login, protocol) : idle;
  }

  private static void giveBack(Login login, Protocol protocol, ClientSession session)
      throws SQLException {
    if (session.reset()) {
      idle(login, protocol).push(session);
    } else {
      session.close();
    }
  }

  private static Deque<ClientSession> idle(Login login, Protocol protocol) {
    return IDLE.computeIfAbsent(List.of(login, protocol), ignored -> new ArrayDeque<>());
  }

  private static Login login(String session, String database) {
    Login login = session.startsWith("visitor") ? visitor : tracked.login();
    return new Login(
        tracked.jdbcUrl().replace("/" + tracked.name(), "/" + database),
        login.user(),
        login.password());
  }

  /** Numbers that differ from one run to the next anyway. */
  private static String withoutAccidents(String line, String database) {
    return line.replace(visitor.user(), "VISITOR")
        .replace(database, "DATABASE")
        .replaceAll("pg_(toast_temp|temp|toast)_\\d+", "pg_$1_N")
        .replaceAll("\\(enumtypid, enumlabel\\)=\\(\\d+", "(enumtypid, enumlabel)=(N")
        .replaceAll("duration: [0-9.]+ ms", "duration: N ms")
        .replaceAll("(?i)(process|transaction|relation|database|PID|OID) \\d+", "$1 N");
  }
}
