package io.pgtrail.connection;

import org.jdbi.v3.core.Handle;

/**
 * Keeps queries from what others make. Whoever may create in a schema of the search path, as
 * everyone may in {@code public} before PostgreSQL 15, could put a function or an operator there
 * that fits the types of a query of ours better than PostgreSQL's own, and would be called with the
 * rights of whoever asks.
 */
public final class SafePath {

  private SafePath() {}

  /** Until the end of the transaction only PostgreSQL's own names need no schema. */
  public static void in(Handle handle) {
    handle
        .createQuery("select pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)")
        .mapTo(String.class)
        .one();
  }
}
