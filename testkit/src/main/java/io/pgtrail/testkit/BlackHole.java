package io.pgtrail.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A TCP port on 127.0.0.1 that accepts connections and never answers. */
public final class BlackHole implements AutoCloseable {

  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private final ServerSocket socket;

  private BlackHole(ServerSocket socket) {
    this.socket = socket;
  }

  /** Opens a black hole on a free port. */
  public static BlackHole open() throws IOException {
    // The operating system accepts on behalf of a program that never does.
    return new BlackHole(new ServerSocket(0, 50, InetAddress.getByAddress(LOOPBACK)));
  }

  /** Gives the port. */
  public int port() {
    return socket.getLocalPort();
  }

  /** Gives a JDBC URL that leads here; set timeouts of your own. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
