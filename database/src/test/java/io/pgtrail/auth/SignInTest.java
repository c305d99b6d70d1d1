package io.pgtrail.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signing in with the users that pgtrail keeps itself. */
final class SignInTest extends Users {

  private static final String ANN = "ann@example.com";

  @BeforeEach
  void registerAnn() throws Exception {
    register(ANN);
  }

  @Test
  void givesATokenThatIsGoodUntilTheUserSignsOut() throws Exception {
    try (Connection session = database.connectAs(application)) {
      String answer = signedIn(session, " Ann@Example.com ", PASSWORD, null);
      String token = part(answer, "{session_token}");

      assertThat(part(answer, "{success}")).isEqualTo("true");
      assertThat(part(answer, "{user,email}")).isEqualTo(ANN);
      assertThat(recorded(answer))
          .isEqualTo("Sign-in of ann@example.com | SIGN_IN | COMPLETED | {}");

      String valid = byToken(session, "validate_session_tracking", token);
      assertThat(part(valid, "{user,email}")).isEqualTo(ANN);
      assertThat(part(valid, "{details,operation_id}"))
          .as("the sign-in")
          .isEqualTo(part(answer, "{details,operation_id}"));

      assertThat(recorded(byToken(session, "logout_tracking", token)))
          .isEqualTo("Sign-out of ann@example.com | ACCOUNT | COMPLETED | {}");
      assertThat(code(byToken(session, "validate_session_tracking", token))).isEqualTo("PT016");
      assertThat(recorded(byToken(session, "logout_tracking", token)))
          .isEqualTo(
              "Sign-out refused | ACCOUNT | FAILED | the session is unknown or has expired"
                  + " | {\"error_code\": \"PT016\"}");
    }
  }

  @Test
  void givesATokenThatExpires() throws Exception {
    run("select script_tracking.configure('session_lifetime', '10 minutes')");
    String token = part(signedIn(connection, ANN, PASSWORD, null), "{session_token}");
    assertThat(
            value(
                "select extract(epoch from expires_at - created_at)::int from pgtrail.user_session"))
        .isEqualTo("600");

    run("update pgtrail.user_session set expires_at = clock_timestamp()");

    assertThat(code(byToken(connection, "validate_session_tracking", token))).isEqualTo("PT016");
    signedIn(connection, ANN, PASSWORD, null);
    assertThat(value("select count(*) from pgtrail.user_session")).isEqualTo("1");
  }

  /** The caller may read what it recorded, so the trail must not tell either. */
  @Test
  void answersAndRecordsTheSameForAnUnknownUserAWrongPasswordAndOneWhoMustWait() throws Exception {
    String unknown = signedIn(connection, "bob@example.com", PASSWORD, null);
    String wrong = signedIn(connection, ANN, "wrong", null);
    for (int failure = 2; failure <= 5; failure++) {
      signedIn(connection, ANN, "wrong", null);
    }
    String waiting = signedIn(connection, ANN, PASSWORD, null);

    assertThat(code(unknown)).isEqualTo("PT027");
    assertThat(part(unknown, "{success}")).isEqualTo("false");
    assertThat(List.of(said(wrong), said(waiting))).containsOnly(said(unknown));
    assertThat(recorded(unknown))
        .startsWith("Sign-in refused | SIGN_IN | FAILED | the e-mail address or the password")
        .endsWith("{\"error_code\": \"PT027\"}");
    assertThat(List.of(recorded(wrong), recorded(waiting))).containsOnly(recorded(unknown));
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s"
                    + " where script_name = 'Sign-in refused' and metadata ->> 'user' is null"))
        .isEqualTo("0");
  }

  @Test
  void hashesAPasswordOnceWhetherTheUserExistsOrNot() throws Exception {
    assertThat(hashesOf(ANN, PASSWORD)).isEqualTo(1);
    assertThat(hashesOf(ANN, "wrong")).isEqualTo(1);
    assertThat(hashesOf("bob@example.com", PASSWORD)).isEqualTo(1);
    assertThat(hashesOf("no address", PASSWORD)).isEqualTo(1);
    assertThat(hashesOf(ANN, "x".repeat(10_000))).isEqualTo(1);
    run("update pgtrail.user_sign_in set failed_sign_ins = 9, last_failed_at = clock_timestamp()");
    assertThat(hashesOf(ANN, PASSWORD)).isEqualTo(1);
  }

  @Test
  void makesAUserWaitAfterFiveFailuresEvenWithTheRightPassword() throws Exception {
    for (int failure = 1; failure <= 4; failure++) {
      assertThat(code(signedIn(connection, ANN, "wrong", null))).isEqualTo("PT027");
    }
    assertThat(code(signedIn(connection, ANN, PASSWORD, null))).isNull();
    for (int failure = 1; failure <= 5; failure++) {
      assertThat(code(signedIn(connection, ANN, "wrong", null))).isEqualTo("PT027");
    }
    assertThat(code(signedIn(connection, ANN, PASSWORD, null))).isEqualTo("PT027");

    run("update pgtrail.user_sign_in set last_failed_at = last_failed_at - interval '15 seconds'");

    assertThat(code(signedIn(connection, ANN, PASSWORD, null))).isNull();
    assertThat(value("select failed_sign_ins from pgtrail.user_sign_in")).isEqualTo("0");
  }

  @Test
  void makesTheWaitTwiceAsLongWithEachFurtherFailureAnHourAtMost() throws Exception {
    assertWaits(5, 15);
    assertWaits(6, 30);
    assertWaits(9, 240);
    assertWaits(40, 3600);
    assertWaits(Integer.MAX_VALUE - 1, 3600);
  }

  private void assertWaits(int failures, int seconds) throws Exception {
    String failed =
        "update pgtrail.user_sign_in set failed_sign_ins = %d,"
            + " last_failed_at = clock_timestamp() - interval '%d seconds'";

    run(failed.formatted(failures, seconds / 2));
    assertThat(code(signedIn(connection, ANN, PASSWORD, null))).isEqualTo("PT027");
    run(failed.formatted(failures, seconds));
    assertThat(code(signedIn(connection, ANN, PASSWORD, null))).isNull();
  }

  @Test
  void letsAUserInWhoseLastFailureLiesInTheFutureOfAClockThatWasSetBack() throws Exception {
    run(
        "update pgtrail.user_sign_in"
            + " set failed_sign_ins = 9, last_failed_at = clock_timestamp() + interval '1 day'");

    assertThat(code(signedIn(connection, ANN, PASSWORD, null))).isNull();
  }

  @Test
  void countsAndRecordsEachOfManyFailuresAtOnce() throws Exception {
    List<String> codes = atOnce(8, session -> code(signedIn(session, ANN, "wrong", null)));

    assertThat(codes).containsOnly("PT027");
    assertThat(value("select failed_sign_ins from pgtrail.user_sign_in"))
        .as("those after the fifth find the user waiting")
        .isEqualTo("5");
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s"
                    + " where script_type = 'SIGN_IN' and execution_status = 'FAILED'"))
        .isEqualTo("8");
  }

  @Test
  void registersAnAddressOnceThoughManyTryAtOnce() throws Exception {
    List<String> codes =
        atOnce(4, session -> code(registered(session, "BOB@example.com", PASSWORD, null)));

    assertThat(codes).containsExactlyInAnyOrder("null", "23505", "23505", "23505");
    assertThat(
            value(
                "select count(*) from script_tracking.script_execution_s"
                    + " where script_type = 'ACCOUNT' and metadata ->> 'error_code' = '23505'"))
        .isEqualTo("3");
  }

  @Test
  void ofAPasswordTheFirst72BytesAloneAreNotEnough() throws Exception {
    String longest = "y".repeat(36) + "z".repeat(36);
    assertThat(code(registered(connection, "long@example.com", longest, null))).isNull();

    assertThat(code(signedIn(connection, "long@example.com", longest + "!", null)))
        .isEqualTo("PT027");
    assertThat(code(signedIn(connection, "long@example.com", longest, null))).isNull();
  }

  @Test
  void isAnsweredWithoutAnErrorWhereNothingCanBeRecorded() throws Exception {
    run("begin read only");

    assertThat(code(signedIn(connection, ANN, PASSWORD, null))).isEqualTo("PT007");
    assertThat(code(registered(connection, ANN, PASSWORD, null))).isEqualTo("PT007");
    assertThat(code(byToken(connection, "logout_tracking", "x"))).isEqualTo("PT007");
    run("rollback");
  }

  private int hashesOf(String email, String password) throws Exception {
    // The statistics of a backend wait for a while before they are sent: so it is the difference.
    String calls =
        "select coalesce(sum(calls), 0) from pg_stat_xact_user_functions where funcname = 'crypt'";
    run("begin", "set local track_functions = 'all'");
    int before = Integer.parseInt(value(calls));
    signedIn(connection, email, password, null);
    int after = Integer.parseInt(value(calls));
    run("rollback");
    return after - before;
  }

  /** Work of one session. */
  @FunctionalInterface
  private interface Work {
    @Nullable String in(Connection session) throws Exception;
  }

  private List<String> atOnce(int sessions, Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(sessions);
    try {
      List<Callable<String>> calls = new ArrayList<>();
      for (int number = 0; number < sessions; number++) {
        calls.add(
            () -> {
              try (Connection session = database.connectAs(application)) {
                return String.valueOf(work.in(session));
              }
            });
      }
      List<String> results = new ArrayList<>();
      for (Future<String> result : threads.invokeAll(calls)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdown();
    }
  }
}
