package io.pgtrail.server.api;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import io.pgtrail.server.security.LimitSettings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many streams of events each account has open. */
@Singleton
class Streams {

  private final int most;
  private final Map<String, Integer> open = new ConcurrentHashMap<>();

  @Inject
  Streams(LimitSettings settings) {
    this.most = settings.streamsPerAccount();
  }

  /**
   * Counts one more.
   *
   * @throws PgtrailException {@code TOO_MANY_REQUESTS} beyond the limit
   */
  void open(String account) {
    open.compute(
        account,
        (unused, before) -> {
          int streams = before == null ? 0 : before;
          if (streams >= most) {
            throw new PgtrailException(
                ErrorCode.TOO_MANY_REQUESTS,
                "The account has " + most + " streams open already",
                "Close one of them.");
          }
          return streams + 1;
        });
  }

  /** Counts one less. */
  void close(String account) {
    open.computeIfPresent(account, (unused, streams) -> streams == 1 ? null : streams - 1);
  }
}
