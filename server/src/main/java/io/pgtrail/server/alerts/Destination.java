package io.pgtrail.server.alerts;

import java.net.InetSocketAddress;

/**
 * Where a message goes, once that has been checked.
 *
 * @param address to connect to, whatever the name stands for by now
 * @param host whom to ask for there, and whose certificate it must be
 * @param tls whether the connection is encrypted
 * @param target path and query
 */
record Destination(InetSocketAddress address, String host, boolean tls, String target) {}
