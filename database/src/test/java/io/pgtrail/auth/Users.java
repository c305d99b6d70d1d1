package io.pgtrail.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** A database with pgcrypto, and an application that signs users in. */
abstract class Users extends InstalledDatabase {

  static final String PASSWORD = "hunter2 and more";

  /** A login of the application, without tenants. */
  Login application;

  @BeforeEach
  final void createApplication() throws Exception {
    run("create schema crypto", "create extension pgcrypto schema crypto");
    run("grant usage on schema crypto to pgtrail_owner");
    application = member("application", "pgtrail_writer");
  }

  /** Registers a user, which must succeed. */
  void register(String email) throws SQLException {
    assertThat(code(registered(connection, email, PASSWORD, null))).isNull();
  }

  /** The answer to a registration; null is no tenant. */
  static String registered(
      Connection session, String email, String password, @Nullable String tenant)
      throws SQLException {
    return call(
        session,
        "select auth.register_user_tracking(jsonb_build_object("
            + "'email', ?::text, 'password', ?::text, 'tenant_id', ?::text))",
        email,
        password,
        tenant);
  }

  /** The answer to a sign-in; null is no tenant. */
  static String signedIn(
      Connection session,
      @Nullable String email,
      @Nullable String password,
      @Nullable String tenant)
      throws SQLException {
    return call(
        session,
        "select auth.login_user_tracking(?, ?, sha256(convert_to(?, 'UTF8')))",
        email,
        password,
        tenant);
  }

  /** The answer of a function to a token. */
  static String byToken(Connection session, String function, @Nullable String token)
      throws SQLException {
    return call(session, "select auth." + function + "(?)", token);
  }

  static String call(Connection session, String query, @Nullable String... arguments)
      throws SQLException {
    try (PreparedStatement statement = session.prepareStatement(query)) {
      for (int place = 0; place < arguments.length; place++) {
        statement.setString(place + 1, arguments[place]);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  /** The error code of an answer; null for success. */
  @Nullable String code(String answer) throws SQLException {
    return part(answer, "{error_code}");
  }

  /** A part of an answer; null where it is not there. */
  @Nullable String part(String answer, String path) throws SQLException {
    return call(connection, "select ?::jsonb #>> '" + path + "'", answer);
  }

  /** An answer without what differs from call to call. */
  String said(String answer) throws SQLException {
    return call(
        connection, "select ?::jsonb #- '{details,operation_id}' #- '{details,timestamp}'", answer);
  }

  /** What the trail says of the operation that an answer names. */
  String recorded(String answer) throws SQLException {
    return call(
        connection,
        """
        select concat_ws(' | ', script_name, script_type, execution_status, error_message, metadata - 'user')
        from script_tracking.script_execution_s
        where script_execution_hk = decode(?, 'hex')
        """,
        part(answer, "{details,operation_id}"));
  }
}
