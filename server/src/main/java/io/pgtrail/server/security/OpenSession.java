package io.pgtrail.server.security;

import java.time.Instant;

/**
 * The session that somebody comes with; programs with a token have none.
 *
 * @param key tells it from every other
 * @param until when it ends at the latest
 */
record OpenSession(String key, Instant until) {}
