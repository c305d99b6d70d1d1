package io.pgtrail.doctor;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Whether users of the application can sign in by the functions of the schema auth. */
final class SignInChecks {

  private SignInChecks() {}

  static Check signIns(Handle handle) {
    return handle
        .createQuery(
            """
            select w.way, w.problem, p.problem || '. ' || p.advice as pgcrypto, pgtrail.sign_ins_are_current() as current,
                to_regprocedure('auth.login_user_tracking(varchar,varchar,bytea)') is not null as made
            from pgtrail.sign_in_ways() as w, pgtrail.pgcrypto_home() as p
            """)
        .map(
            (row, context) -> {
              if (row.getString("way") == null) {
                return Check.warn(
                    "Sign-ins are not tracked: " + row.getString("problem"),
                    "Where that can be mended, mend it and run: pgtrail install");
              } else if (!row.getBoolean("made") || !row.getBoolean("current")) {
                return Check.warn(
                    "The functions that track sign-ins are not as they should be",
                    "Run, as a role that may create in the schema auth: pgtrail install");
              } else if (row.getString("way").equals("host")) {
                return Check.ok("Sign-ins by auth.login_user of the host are tracked");
              }
              // Not needed by those who sign nobody in.
              return Optional.ofNullable(row.getString("pgcrypto"))
                  .map(
                      problem ->
                          Check.ok(
                              "Users cannot sign in by auth.login_user_tracking yet: " + problem))
                  .orElseGet(() -> Check.ok("Sign-ins by auth.login_user_tracking are tracked"));
            })
        .one();
  }
}
