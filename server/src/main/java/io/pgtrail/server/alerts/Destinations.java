package io.pgtrail.server.alerts;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where webhooks may lead to: to hosts that are allowed, and there only into the public Internet
 * and networks that are configured. A name is resolved once; whoever connects uses the address that
 * was checked.
 */
final class Destinations {

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** Not of the public Internet (IANA's registries of special addresses). */
  private static final List<Network> SPECIAL =
      Network.parseAll(
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.0.2.0/24",
              "192.88.99.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "198.51.100.0/24",
              "203.0.113.0/24",
              "224.0.0.0/3",
              // These may stand for an address of IPv4.
              "2001::/23",
              "2002::/16",
              "2001:db8::/32",
              "3fff::/20")
          .toList();

  /** The rest of IPv6 is not given to anybody, or local, or stands for an address of IPv4. */
  private static final Network PUBLIC_IPV6 = Network.parse("2000::/3");

  /** Asks for the addresses of a name. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  private final List<String> hosts;
  private final List<Network> networks;
  private final Resolver resolver;

  /**
   * @param hosts allowed names; {@code *.example.com} stands for all below it, {@code *} for all
   * @param networks allowed though they are not of the public Internet
   */
  Destinations(List<String> hosts, List<Network> networks, Resolver resolver) {
    this.hosts = hosts.stream().map(Destinations::plain).toList();
    this.networks = List.copyOf(networks);
    this.resolver = resolver;
  }

  /**
   * Checks where a URL leads to.
   *
   * @throws PgtrailException {@code NOT_PERMITTED} with the reason, {@code UNAVAILABLE} for a name
   *     without an address
   */
  Destination check(String url) {
    URI uri = parse(url);
    String host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null || uri.getPort() == 0) {
      throw refusal("the address has no host, or a user in it", null);
    }
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    if (!tls && !"http".equalsIgnoreCase(uri.getScheme())) {
      throw refusal("the address is neither of https nor of http", null);
    }
    if (hosts.stream().noneMatch(allowed -> allows(allowed, plain(host)))) {
      throw refusal(
          "the host " + host + " is not allowed",
          "Whoever runs the server allows it in pgtrail.server.webhooks.hosts.");
    }
    InetAddress address = address(host, tls);
    int port = uri.getPort() < 0 ? (tls ? HTTPS : HTTP) : uri.getPort();
    return new Destination(new InetSocketAddress(address, port), host, tls, target(uri));
  }

  private static URI parse(String url) {
    try {
      // What is not of ASCII goes encoded.
      return new URI(new URI(url).toASCIIString());
    } catch (URISyntaxException unreadable) {
      throw refusal("the address cannot be understood", null);
    }
  }

  /** One that is forbidden is enough: the name belongs to somebody who tries. */
  private InetAddress address(String host, boolean tls) {
    InetAddress[] addresses;
    try {
      addresses = resolver.resolve(host);
    } catch (UnknownHostException unknown) {
      throw new PgtrailException(
          ErrorCode.UNAVAILABLE, "The host " + host + " has no address", null, unknown);
    }
    for (InetAddress address : addresses) {
      boolean configured = networks.stream().anyMatch(network -> network.contains(address));
      if (!configured && !isPublic(address)) {
        throw refusal(
            "the host " + host + " is " + address.getHostAddress() + ", which is not public",
            "Whoever runs the server allows it in pgtrail.server.webhooks.networks.");
      }
      if (!configured && !tls) {
        throw refusal("the address is not of https", null);
      }
    }
    return addresses[0];
  }

  static boolean isPublic(InetAddress address) {
    return (address instanceof Inet4Address || PUBLIC_IPV6.contains(address))
        && SPECIAL.stream().noneMatch(network -> network.contains(address));
  }

  private static String target(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
  }

  private static boolean allows(String allowed, String host) {
    return allowed.equals("*")
        || allowed.equals(host)
        || (allowed.startsWith("*.") && host.endsWith(allowed.substring(1)));
  }

  private static String plain(String host) {
    String lower = host.strip().toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static PgtrailException refusal(String reason, @Nullable String hint) {
    return new PgtrailException(ErrorCode.NOT_PERMITTED, "Nothing was sent: " + reason, hint);
  }
}
