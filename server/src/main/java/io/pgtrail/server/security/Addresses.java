package io.pgtrail.server.security;

import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** Where requests come from. */
final class Addresses {

  private static final int NETWORK_BYTES = 8;

  private Addresses() {}

  /** The address, of IPv6 the network: one machine has as many addresses there as it likes. */
  static String network(SocketAddress address) {
    String host = Objects.requireNonNullElse(address.hostAddress(), "");
    if (!host.contains(":")) {
      return host;
    }
    try {
      InetAddress parsed = InetAddress.getByName(host);
      return parsed instanceof Inet6Address
          ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES))
          : parsed.getHostAddress();
    } catch (UnknownHostException unreadable) {
      return host;
    }
  }
}
