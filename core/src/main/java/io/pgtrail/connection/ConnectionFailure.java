package io.pgtrail.connection;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in a sentence why a connection failed, and in another what to do. */
final class ConnectionFailure {

  private final SQLException failure;
  private final ConnectionSettings settings;
  private final String text;

  private ConnectionFailure(SQLException failure, ConnectionSettings settings) {
    this.failure = failure;
    this.settings = settings;
    this.text = Objects.toString(failure.getMessage(), "");
  }

  static PgtrailException explain(SQLException failure, ConnectionSettings settings) {
    return new ConnectionFailure(failure, settings).explanation();
  }

  private PgtrailException explanation() {
    if (causedBy(UnknownHostException.class)) {
      return because(
          "There is no host of the name in " + settings.server(), "Check --url or PGHOST.");
    }
    if (causedBy(SocketTimeoutException.class) || text.contains("timed out")) {
      return because(
          settings.server() + " does not answer",
          "Check the address, the network and its firewalls; connect_timeout in the URL or"
              + " PGCONNECT_TIMEOUT allows more seconds.");
    }
    if (causedBy(ConnectException.class)) {
      return because(
          "No PostgreSQL server listens on " + settings.server(),
          "Start it, or name another with --url or PGHOST and PGPORT.");
    }
    if (causedBy(SSLException.class) || text.contains("SSL error")) {
      return because(
          "TLS with " + settings.server() + " failed: " + rootMessage(),
          "Check sslmode and sslrootcert in the URL, or PGSSLMODE and PGSSLROOTCERT.");
    }
    if (text.contains("does not support SSL")) {
      return because(
          settings.server() + " offers no TLS, and sslmode demands it",
          "Turn TLS on in the server, or connect with sslmode=prefer.");
    }
    return refusedByServer();
  }

  private PgtrailException refusedByServer() {
    String state = Objects.toString(failure.getSQLState(), "");
    return switch (state) {
      case "28P01" ->
          because(
              "The password for " + who() + " is wrong",
              "Check PGPASSWORD or ~/.pgpass (host:port:database:user:password).");
      case "28000" -> notAuthorized();
      case "3D000" ->
          because(
              "There is no database " + settings.database() + " on " + settings.server(),
              "Name another with --url or PGDATABASE.");
      case "53300" ->
          because(
              "All connections of " + settings.server() + " are taken",
              "Wait, or raise max_connections.");
      case "57P03" ->
          because(settings.server() + " is starting or stopping", "Try again in a moment.");
      default ->
          asksForPassword() && !settings.hasPassword()
              ? because(
                  settings.server() + " asks for the password of " + who() + ", and none is set",
                  passwordHint())
              : because("Cannot connect to " + settings + ": " + withoutPrefix(), null);
    };
  }

  private String passwordHint() {
    return settings.warnings().isEmpty()
        ? "Set PGPASSWORD, or add a line to ~/.pgpass: host:port:database:user:password"
        : String.join("; ", settings.warnings());
  }

  private PgtrailException notAuthorized() {
    if (text.contains("no encryption")) {
      return because(
          settings.server() + " admits " + who() + " over TLS only, or not at all",
          "Connect with sslmode=require in the URL or PGSSLMODE=require (the server must have ssl ="
              + " on), or have a line for this user and address added to pg_hba.conf.");
    }
    if (text.contains("pg_hba.conf")) {
      return because(
          settings.server() + " does not admit " + who() + ": " + withoutPrefix(),
          "Have a line for this user and address added to pg_hba.conf.");
    }
    return because(
        settings.server() + " does not admit " + who() + ": " + withoutPrefix(),
        "Name another role with --url or PGUSER.");
  }

  private boolean asksForPassword() {
    return text.contains("password");
  }

  private String who() {
    return "\"" + settings.user() + "\"";
  }

  private String withoutPrefix() {
    return text.replaceFirst("^(FATAL|ERROR): ", "");
  }

  private String rootMessage() {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return Objects.toString(root.getMessage(), root.getClass().getSimpleName());
  }

  private boolean causedBy(Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private PgtrailException because(String message, @Nullable String hint) {
    return new PgtrailException(ErrorCode.UNAVAILABLE, message, hint, failure);
  }
}
