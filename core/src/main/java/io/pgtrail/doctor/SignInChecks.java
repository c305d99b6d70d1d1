package io.pgtrail.doctor;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/** Whether users of the application can sign in by the functions of the schema auth. */
final class SignInChecks {

  private SignInChecks() {}

  static Check signIns(Handle handle) {
    return handle
        .createQuery(
            """
            select w.way, w.problem, c.problem || '. ' || c.advice as pgcrypto,
                (w.way = 'built-in' or h.identity is not null) = (p.oid is not null)
                    and (p.oid is null or p.prosecdef = (w.way = 'built-in')) as made
            from pgtrail.sign_in_ways() as w
            cross join pgtrail.host_function('login_user') as h
            cross join pgtrail.pgcrypto_home() as c
            left join pg_proc as p
                on p.oid = to_regprocedure('auth.login_user_tracking(varchar,varchar,bytea)')
            """)
        .map((row, context) -> verdict(row))
        .one();
  }

  private static Check verdict(ResultSet row) throws SQLException {
    if (row.getString("way") == null) {
      return Check.warn(
          "Sign-ins are not tracked: " + row.getString("problem"),
          "Where that can be mended, mend it and run: pgtrail install");
    } else if (!row.getBoolean("made")) {
      return Check.warn(
          "auth.login_user_tracking is missing, or made before the host's own functions changed",
          "Run, as a role that may create in the schema auth: pgtrail install");
    } else if (row.getString("way").equals("host")) {
      return Check.ok("Sign-ins by the functions of the host in the schema auth are tracked");
    } else if (row.getString("pgcrypto") != null) {
      // All is well for those who sign nobody in.
      return Check.ok(
          "Nobody can sign in by auth.login_user_tracking: " + row.getString("pgcrypto"));
    }
    return Check.ok("Sign-ins by auth.login_user_tracking are tracked");
  }
}
