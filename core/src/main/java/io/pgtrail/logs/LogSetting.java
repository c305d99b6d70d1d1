package io.pgtrail.logs;

import org.jspecify.annotations.Nullable;

/**
 * Something that the log reader needs of the server.
 *
 * @param subject a server setting, or a function of PostgreSQL
 * @param remedy the statement that mends it; NULL where it holds
 */
public record LogSetting(
    String subject,
    String needed,
    String actual,
    boolean holds,
    boolean needsRestart,
    @Nullable String remedy) {}
