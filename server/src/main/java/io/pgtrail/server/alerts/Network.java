package io.pgtrail.server.alerts;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All addresses that begin with the same bits. */
final class Network {

  private static final Pattern FORM = Pattern.compile("([0-9a-fA-F:.]+)/(\\d{1,3})");

  private final byte[] address;
  private final int bits;

  private Network(byte[] address, int bits) {
    this.address = address;
    this.bits = bits;
  }

  /**
   * Reads one like {@code 10.0.0.0/8} or {@code fd00::/8}.
   *
   * @throws PgtrailException {@code INVALID_ARGUMENT} for anything else
   */
  static Network parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    try {
      if (matcher.matches()) {
        // Digits, colons and points alone: nobody is asked for a name.
        byte[] address = InetAddress.getByName(matcher.group(1)).getAddress();
        int bits = Integer.parseInt(matcher.group(2));
        if (bits <= address.length * Byte.SIZE) {
          return new Network(address, bits);
        }
      }
      throw new UnknownHostException(text);
    } catch (UnknownHostException unreadable) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "'" + text + "' is no network",
          "Write it like 10.1.0.0/16 or fd00::/8.",
          unreadable);
    }
  }

  static Stream<Network> parseAll(String... texts) {
    return Stream.of(texts).map(Network::parse);
  }

  boolean contains(InetAddress other) {
    byte[] bytes = other.getAddress();
    if (bytes.length != address.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >> bit % Byte.SIZE;
      if (((bytes[bit / Byte.SIZE] ^ address[bit / Byte.SIZE]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }
}
