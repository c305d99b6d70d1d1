package io.pgtrail.connection;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/** A connection parameter as libpq names it, with its environment variable and driver property. */
enum Parameter {
  HOST("host", "PGHOST", null),
  PORT("port", "PGPORT", null),
  DATABASE("dbname", "PGDATABASE", null),
  USER("user", "PGUSER", PGProperty.USER),
  PASSWORD("password", "PGPASSWORD", PGProperty.PASSWORD),
  PASSWORD_FILE("passfile", "PGPASSFILE", null),
  SERVICE("service", "PGSERVICE", null),
  OPTIONS("options", "PGOPTIONS", PGProperty.OPTIONS),
  APPLICATION_NAME("application_name", "PGAPPNAME", PGProperty.APPLICATION_NAME),
  CONNECT_TIMEOUT("connect_timeout", "PGCONNECT_TIMEOUT", PGProperty.CONNECT_TIMEOUT),
  TARGET_SESSION_ATTRS(
      "target_session_attrs", "PGTARGETSESSIONATTRS", PGProperty.TARGET_SERVER_TYPE),
  SSL_MODE("sslmode", "PGSSLMODE", PGProperty.SSL_MODE),
  SSL_ROOT_CERTIFICATE("sslrootcert", "PGSSLROOTCERT", PGProperty.SSL_ROOT_CERT),
  SSL_CERTIFICATE("sslcert", "PGSSLCERT", PGProperty.SSL_CERT),
  SSL_KEY("sslkey", "PGSSLKEY", PGProperty.SSL_KEY),
  CHANNEL_BINDING("channel_binding", "PGCHANNELBINDING", PGProperty.CHANNEL_BINDING),
  GSS_ENCRYPTION_MODE("gssencmode", "PGGSSENCMODE", PGProperty.GSS_ENC_MODE),
  KERBEROS_SERVICE_NAME("krbsrvname", "PGKRBSRVNAME", PGProperty.KERBEROS_SERVER_NAME);

  private static final Map<String, String> SERVER_TYPES =
      Map.of(
          "read-write", "primary",
          "read-only", "secondary",
          "standby", "secondary",
          "prefer-standby", "preferSecondary");

  private final String keyword;
  private final String variable;
  private final @Nullable PGProperty property;

  Parameter(String keyword, String variable, @Nullable PGProperty property) {
    this.keyword = keyword;
    this.variable = variable;
    this.property = property;
  }

  String keyword() {
    return keyword;
  }

  String variable() {
    return variable;
  }

  /** The name under which the driver knows a keyword of libpq or of its own. */
  static String driverName(String keyword) {
    Optional<String> ours =
        Arrays.stream(values())
            .filter(parameter -> parameter.keyword.equals(keyword))
            .flatMap(parameter -> Stream.ofNullable(parameter.property))
            .map(PGProperty::getName)
            .findFirst();
    if (ours.isPresent()) {
      return ours.get();
    }
    if (PGProperty.forName(keyword) == null) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "There is no connection parameter " + keyword,
          "Parameters are those of libpq (sslmode, connect_timeout, ...) or of the PostgreSQL JDBC"
              + " driver.");
    }
    return keyword;
  }

  /** The driver has its own words for the kinds of server. */
  static String driverValue(String keyword, String value) {
    return keyword.equals(TARGET_SESSION_ATTRS.keyword)
        ? SERVER_TYPES.getOrDefault(value, value)
        : value;
  }
}
