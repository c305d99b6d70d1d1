package io.pgtrail.server.targets;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The configuration under {@code pgtrail.server}: which databases to watch. */
@ConfigMapping(prefix = "pgtrail.server")
public interface TargetSettings {

  /** The databases by the names under which pages and REST show them. */
  Map<String, Database> targets();

  /** The target that keeps accounts and tokens; where there is but one, that. */
  Optional<String> accounts();

  /** One database. */
  interface Database {

    /** Where it is, as {@code postgresql://user@host:port/database}. */
    String url();

    /** Password of the role that the server logs in as; by default what libpq would read. */
    Optional<String> password();

    /** What else to show of it, such as an environment or a region. */
    Map<String, String> labels();

    /** At most so many connections. */
    @WithDefault("5")
    int connections();

    /** A statement of a page or a request is cancelled after this time. */
    @WithDefault("30s")
    Duration statementTimeout();

    /** A statement of a task, such as adding up a long trail, is cancelled after this time. */
    @WithDefault("10m")
    Duration taskTimeout();
  }
}
