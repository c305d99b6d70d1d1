package io.pgtrail.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is known of an operation before it begins. Not safe for concurrent use. */
public final class NewOperation {

  private static final int LONGEST_CONTENT = 1 << 20;
  private static final int LONGEST_WHO = 255;
  private static final long USUAL_WEIGHT = 500;

  private final Tracker tracker;
  private final String name;
  private final String type;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private OperationContext context;
  private @Nullable String content;

  NewOperation(Tracker tracker, String name, String type, OperationContext context) {
    this.tracker = tracker;
    this.name = name;
    this.type = type;
    this.context = context;
  }

  /**
   * Says what is executed. The database redacts secrets in it. Of more than 1,048,576 characters
   * only the beginning is kept, which the metadata say.
   */
  public NewOperation content(@Nullable String statement) {
    content = statement == null ? null : Values.beginning(statement, LONGEST_CONTENT);
    if (statement != null && statement.length() > LONGEST_CONTENT) {
      annotate("content_truncated", true);
      annotate("content_length", statement.codePointCount(0, statement.length()));
    }
    return this;
  }

  /** As {@link Operation#annotate}. */
  public NewOperation annotate(String key, @Nullable Object value) {
    metadata.put(String.valueOf(key), Values.json(value));
    return this;
  }

  /** Says who it is done for, instead of what the tracker's context says. */
  public NewOperation context(@Nullable OperationContext who) {
    context = Objects.requireNonNullElse(who, OperationContext.NONE);
    return this;
  }

  /** Begins it now. Later changes of this description do not change the operation. */
  public Operation start() {
    NewOperation begun = new NewOperation(tracker, name, type, context);
    begun.content = content;
    begun.metadata.putAll(metadata);
    TraceParent.ids(context.traceparent())
        .forEach((key, value) -> begun.metadata.put(key, Values.json(value)));
    return tracker.begin(begun);
  }

  /** Begins it and carries out work, as {@link Tracker#call}. */
  public <T extends @Nullable Object, E extends Exception> T call(Work<T, E> work) throws E {
    Operation operation = start();
    T result;
    try {
      result = work.with(operation);
    } catch (Throwable failure) {
      operation.endWith(failure);
      throw failure;
    }
    operation.endWith(null);
    return result;
  }

  /** Begins it and carries out work, as {@link Tracker#run}. */
  public <E extends Exception> void run(Task<E> task) throws E {
    call(
        operation -> {
          task.with(operation);
          return operation;
        });
  }

  String name() {
    return name;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /** Gives about how many characters it holds. */
  long weight() {
    long weight = USUAL_WEIGHT + (content == null ? 0 : content.length());
    for (Map.Entry<String, String> known : metadata.entrySet()) {
      weight += known.getKey().length() + known.getValue().length();
    }
    return weight;
  }

  /** Says why the database would not take it; NULL if it would. */
  @Nullable String problem() {
    if (name.isBlank() || name.codePointCount(0, name.length()) > 255) {
      return "the name of an operation has 1 to 255 characters";
    }
    if (type.isBlank() || type.codePointCount(0, type.length()) > 50) {
      return "the type of an operation has 1 to 50 characters";
    }
    String tenant = context.tenant();
    if (tenant != null && tenant.codePointCount(0, tenant.length()) > LONGEST_WHO) {
      return "the business key of a tenant has at most 255 characters";
    }
    return null;
  }

  void writeJson(StringBuilder out) {
    writeText(out, "name", name);
    writeText(out, "type", type);
    writeText(out, "content", content);
    writeText(out, "tenant", context.tenant());
    String user = context.applicationUser();
    writeText(out, "application_user", user == null ? null : Values.beginning(user, LONGEST_WHO));
  }

  private static void writeText(StringBuilder out, String key, @Nullable String value) {
    if (value != null) {
      out.append(",\"").append(key).append("\":");
      Json.writeString(out, value);
    }
  }
}
