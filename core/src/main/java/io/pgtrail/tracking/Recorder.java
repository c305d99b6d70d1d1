package io.pgtrail.tracking;

import io.pgtrail.connection.SafePath;
import io.pgtrail.connection.ServerFailure;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Records operations for programs that do not keep a connection: each write in a transaction of its
 * own, and once however often it is sent with the same key. For operators; all throw {@code
 * PgtrailException} with {@code NOT_PERMITTED}, {@code INVALID_ARGUMENT}, {@code
 * TENANT_NOT_GRANTED}, {@code KEY_REUSED}, {@code READ_ONLY} or {@code UNAVAILABLE}.
 */
public final class Recorder {

  private final Jdbi jdbi;

  public Recorder(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Begins an operation.
   *
   * @param content what is executed; the database redacts secrets in it
   * @param metadata a JSON object
   * @param tenant whose operation it is; NULL for that of the session
   */
  public Written start(
      Optional<RequestKey> key,
      String name,
      String type,
      @Nullable String content,
      @Nullable String metadata,
      @Nullable String tenant) {
    return once(
        key,
        handle -> {
          choose(handle, tenant);
          return handle
              .createQuery(
                  """
                  select encode(pgtrail.tell_host('SCRIPT_EXECUTION_STARTED', pgtrail.start_operation(
                      :name, :type, :content, null, cast(:metadata as jsonb))), 'hex')
                  """)
              .bind("name", name)
              .bind("type", type)
              .bind("content", content)
              .bind("metadata", metadata)
              .mapTo(String.class)
              .map(operation -> new Written(operation, "RUNNING", false))
              .one();
        });
  }

  /**
   * Ends an operation. Throws {@code NOTHING_COMPLETED}, too.
   *
   * @param operation its hash key in hexadecimal
   */
  public Written complete(Optional<RequestKey> key, String operation, OperationReport report) {
    String status = report.succeeded() ? "COMPLETED" : "FAILED";
    return once(
        key,
        handle -> {
          boolean done =
              handle
                  .createQuery(
                      """
                      select script_tracking.complete_script_execution(
                          :operation, :status, :duration, :rows, :error, :code,
                          nullif(:created, '{}'), nullif(:modified, '{}'), nullif(:dropped, '{}'))
                      """)
                  .bind("operation", bytes(operation))
                  .bind("status", status)
                  .bind("duration", report.durationMs())
                  .bind("rows", report.rows())
                  .bind("error", report.error())
                  .bind("code", report.errorCode())
                  .bindArray("created", String.class, report.created())
                  .bindArray("modified", String.class, report.modified())
                  .bindArray("dropped", String.class, report.dropped())
                  .mapTo(Boolean.class)
                  .one();
          if (!done) {
            throw new PgtrailException(
                ErrorCode.NOTHING_COMPLETED,
                "No running operation that you may end has the key " + operation,
                "It may have ended before.");
          }
          return new Written(operation, status, false);
        });
  }

  /**
   * Adds to what is known of an operation. Throws {@code UNKNOWN_OBJECT}, too.
   *
   * @param operation its hash key in hexadecimal
   * @param metadata a JSON object, merged into what is there
   * @param error replaces the error message; NULL to keep it
   * @param tenant whose operation it is; NULL for that of the session
   */
  public Written annotate(
      Optional<RequestKey> key,
      String operation,
      @Nullable String metadata,
      @Nullable String error,
      @Nullable String tenant) {
    return once(
        key,
        handle -> {
          choose(handle, tenant);
          return handle
              .createQuery(
                  "select pgtrail.annotate_operation(:operation, cast(:metadata as jsonb), :error)")
              .bind("operation", bytes(operation))
              .bind("metadata", metadata)
              .bind("error", error)
              .mapTo(String.class)
              .map(status -> new Written(operation, status, false))
              .one();
        });
  }

  private Written once(Optional<RequestKey> key, Function<Handle, Written> write) {
    try {
      return jdbi.inTransaction(
          handle -> {
            SafePath.in(handle);
            Optional<String> before = answeredBefore(handle, key);
            if (before.isPresent()) {
              return Written.answeredBefore(before.get());
            }
            Written written = write.apply(handle);
            key.ifPresent(sent -> keep(handle, sent, written));
            return written;
          });
    } catch (JdbiException failure) {
      throw ServerFailure.explain(failure);
    }
  }

  private static Optional<String> answeredBefore(Handle handle, Optional<RequestKey> key) {
    List<Optional<String>> answer =
        handle
            .createQuery("select pgtrail.open_write(:key, decode(:digest, 'hex'))")
            .bind("key", key.map(RequestKey::text).orElse(null))
            .bind("digest", key.map(RequestKey::digest).orElse(null))
            .map((row, context) -> Optional.ofNullable(row.getString(1)))
            .list();
    return answer.get(0);
  }

  private static void keep(Handle handle, RequestKey key, Written written) {
    handle
        .createQuery("select pgtrail.keep_answer(:key, :answer)")
        .bind("key", key.text())
        .bind("answer", written.text())
        .mapTo(String.class)
        .list();
  }

  private static void choose(Handle handle, @Nullable String tenant) {
    if (tenant != null) {
      handle
          .createQuery("select script_tracking.set_tenant(:tenant)")
          .bind("tenant", tenant)
          .mapTo(String.class)
          .list();
    }
  }

  private static byte[] bytes(String operation) {
    try {
      return HexFormat.of().parseHex(operation);
    } catch (IllegalArgumentException unreadable) {
      throw new PgtrailException(
          ErrorCode.INVALID_ARGUMENT,
          "'" + operation + "' is no key of an operation",
          null,
          unreadable);
    }
  }
}
