package io.pgtrail.connection;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Takes a URL apart: {@code postgresql://user@host:port/database?parameter=value}, with {@code
 * jdbc:} before it or not. Several hosts are separated by commas.
 */
final class ConnectionUrl {

  private static final Set<String> SECRETS = Set.of("password", "sslpassword");

  private final Map<String, String> parameters = new LinkedHashMap<>();

  private ConnectionUrl() {}

  /** The parameters that the URL gives, by their libpq or driver name. */
  static Map<String, String> parse(String url) {
    ConnectionUrl result = new ConnectionUrl();
    result.read(withoutScheme(url));
    return result.parameters;
  }

  private static String withoutScheme(String url) {
    for (String scheme : new String[] {"jdbc:postgresql:", "postgresql:", "postgres:"}) {
      if (url.startsWith(scheme)) {
        return url.substring(scheme.length());
      }
    }
    throw new PgtrailException(
        ErrorCode.INVALID_ARGUMENT,
        "The URL begins with neither postgresql: nor jdbc:postgresql:",
        "For example postgresql://user@localhost:5432/database");
  }

  private void read(String rest) {
    int question = rest.indexOf('?');
    String place = question < 0 ? rest : rest.substring(0, question);
    if (place.startsWith("//")) {
      int slash = place.indexOf('/', 2);
      readAuthority(slash < 0 ? place.substring(2) : place.substring(2, slash));
      put("dbname", slash < 0 ? "" : decode(place.substring(slash + 1)));
    } else {
      put("dbname", decode(place.startsWith("/") ? place.substring(1) : place));
    }
    if (question >= 0) {
      readQuery(rest.substring(question + 1));
    }
  }

  private void readAuthority(String authority) {
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      String user = authority.substring(0, at);
      if (user.contains(":")) {
        throw passwordInUrl();
      }
      put("user", decode(user));
    }
    StringBuilder hosts = new StringBuilder();
    StringBuilder ports = new StringBuilder();
    for (String server : authority.substring(at + 1).split(",", -1)) {
      int colon = server.indexOf(':', server.lastIndexOf(']') + 1);
      hosts.append(',').append(decode(colon < 0 ? server : server.substring(0, colon)));
      ports.append(',').append(colon < 0 ? "" : server.substring(colon + 1));
    }
    putUnlessCommas("host", hosts.substring(1));
    putUnlessCommas("port", ports.substring(1));
  }

  private void readQuery(String query) {
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      if (SECRETS.contains(name)) {
        throw passwordInUrl();
      }
      put(name, equals < 0 ? "" : decode(pair.substring(equals + 1)));
    }
  }

  private void putUnlessCommas(String name, String list) {
    if (!list.replace(",", "").isEmpty()) {
      put(name, list);
    }
  }

  private void put(String name, String value) {
    if (!value.isEmpty()) {
      parameters.put(name, value);
    }
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "The URL has a % that no two hexadecimal digits follow",
          "Write %25 for the character itself.",
          malformed);
    }
  }

  private static PgtrailException passwordInUrl() {
    return new PgtrailException(
        ErrorCode.INVALID_ARGUMENT,
        "The URL holds a password, which every user of this machine could read",
        "Leave it out, and set PGPASSWORD or add a line to ~/.pgpass:"
            + " host:port:database:user:password");
  }
}
