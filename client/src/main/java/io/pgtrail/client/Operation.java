package io.pgtrail.client;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An operation that has begun. Ends once, with {@link #succeed} or one of the {@code fail}s; {@link
 * #close} fails one that has not ended. What comes after the end is ignored, with a warning in the
 * log. No method throws. Safe for concurrent use.
 */
public final class Operation implements AutoCloseable {

  private enum Status {
    RUNNING,
    COMPLETED,
    FAILED
  }

  private static final int LONGEST_ERROR = 100_000;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Tracker tracker;
  private final UUID id = UUID.randomUUID();
  private final NewOperation begin;
  private final long startedNanos = System.nanoTime();

  // Guarded by this operation.
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Set<String> objects = new LinkedHashSet<>();
  private Status status = Status.RUNNING;
  private long durationNanos;
  private @Nullable String error;
  private boolean waiting;
  private long weight;

  /** Its last place in the outbox, whose lock guards it. */
  Outbox.@Nullable Entry place;

  Operation(Tracker tracker, NewOperation begin) {
    this.tracker = tracker;
    this.begin = begin;
    this.weight = begin.weight();
    metadata.putAll(begin.metadata());
  }

  /** Gives the random id that the database's key of this operation is made of. */
  public UUID id() {
    return id;
  }

  /** Gives the name it began with. */
  public String name() {
    return begin.name();
  }

  /**
   * Notes what else is known. It is recorded with the next change of this operation, at the latest
   * with its end.
   *
   * @param key a key of the metadata; a later value replaces an earlier one
   * @param value numbers, booleans, null, maps and collections are kept as such, anything else as
   *     text. Secrets in it are not looked for
   */
  public Operation annotate(String key, @Nullable Object value) {
    String json = Values.json(value);
    return change("annotated", () -> put(String.valueOf(key), json));
  }

  private Operation change(String how, Runnable change) {
    boolean running;
    synchronized (this) {
      running = status == Status.RUNNING;
      if (running) {
        change.run();
      }
    }
    if (running) {
      tracker.grown(this);
    } else {
      tracker.misused(this, how + " after its end");
    }
    return this;
  }

  private void put(String key, String json) {
    String before = metadata.put(key, json);
    weight += json.length() + (before == null ? key.length() : -before.length());
  }

  /**
   * Records what was annotated until now, which is otherwise recorded with the end. The database
   * may close as abandoned what it hears nothing of for a day.
   */
  public void report() {
    if (isRunning()) {
      tracker.changed(this);
    } else {
      tracker.misused(this, "reported after its end");
    }
  }

  /**
   * Notes objects that it touched.
   *
   * @param names as schema.name
   */
  public Operation affects(@Nullable String @Nullable ... names) {
    return change(
        "given objects",
        () -> {
          for (String name : names == null ? new String[0] : names) {
            if (name != null && objects.add(name)) {
              weight += name.length();
            }
          }
        });
  }

  /** Ends it as COMPLETED. */
  public void succeed() {
    end(Status.COMPLETED, null, null);
  }

  /**
   * Ends it as FAILED, with the exception's class and message, and the SQLSTATE if it has one. Of a
   * SQLException the message stands alone, without details, which may show rows.
   */
  public void fail(@Nullable Throwable cause) {
    if (cause == null) {
      end(Status.FAILED, null, null);
    } else {
      end(Status.FAILED, Values.text(cause), Values.sqlState(cause));
    }
  }

  /** Ends it as FAILED. */
  public void fail(@Nullable String reason) {
    end(Status.FAILED, reason, null);
  }

  /**
   * Ends it as FAILED unless it has ended. Java does not tell why it is closed: {@link #fail} does,
   * and {@link Tracker#run} calls that by itself.
   */
  @Override
  public void close() {
    if (isRunning()) {
      end(Status.FAILED, "closed without succeed()", null);
    }
  }

  /** Ends it as work did that threw this, or nothing; unless it has ended. */
  void endWith(@Nullable Throwable failure) {
    if (!isRunning()) {
      return;
    } else if (failure == null) {
      succeed();
    } else {
      fail(failure);
    }
  }

  private void end(Status how, @Nullable String reason, @Nullable String sqlState) {
    boolean first;
    synchronized (this) {
      first = status == Status.RUNNING;
      if (first) {
        status = how;
        durationNanos = System.nanoTime() - startedNanos;
        error = reason == null ? null : Values.beginning(reason, LONGEST_ERROR);
        weight += error == null ? 0 : error.length();
        if (sqlState != null) {
          put("error_code", Values.json(sqlState));
        }
      }
    }
    if (first) {
      tracker.changed(this);
    } else {
      tracker.misused(this, "ended twice");
    }
  }

  private synchronized boolean isRunning() {
    return status == Status.RUNNING;
  }

  /** Tells whether it has to be put into the queue: it is not there already. */
  synchronized boolean beginWaiting() {
    boolean added = !waiting;
    waiting = true;
    return added;
  }

  /** It is on its way, or was dropped: its next change has to be put into the queue again. */
  synchronized void endWaiting() {
    waiting = false;
  }

  /** Says why the database would not take it; NULL if it would. */
  @Nullable String problem() {
    return begin.problem();
  }

  /** Gives about how many characters it holds. */
  synchronized long weight() {
    return weight;
  }

  /**
   * Writes its state now as {@code script_tracking.record_operations()} reads it.
   *
   * @param nowNanos by {@link System#nanoTime}, just before; it may have ended since then
   */
  synchronized void writeJson(StringBuilder out, long nowNanos) {
    out.append("{\"id\":\"").append(id).append('"');
    begin.writeJson(out);
    out.append(",\"status\":\"").append(status).append('"');
    long ageNanos = Math.max(nowNanos - startedNanos, durationNanos);
    out.append(",\"age_ms\":").append(millis(ageNanos));
    if (status != Status.RUNNING) {
      out.append(",\"duration_ms\":").append(millis(durationNanos));
    }
    if (error != null) {
      out.append(",\"error\":");
      Json.writeString(out, error);
    }
    if (!objects.isEmpty()) {
      out.append(",\"objects\":");
      Json.write(out, objects, Integer.MAX_VALUE - 1);
    }
    char separator = '{';
    if (!metadata.isEmpty()) {
      out.append(",\"metadata\":");
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        out.append(separator);
        separator = ',';
        Json.writeString(out, entry.getKey());
        out.append(':').append(entry.getValue());
      }
      out.append('}');
    }
    out.append('}');
  }

  private static double millis(long nanos) {
    return nanos / NANOS_PER_MILLI;
  }
}
