package io.pgtrail.versioning;

import io.pgtrail.connection.SafePath;
import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * The versions of the schema of one database. All throw {@code PgtrailException} with {@code
 * NOT_INSTALLED}, {@code NOT_PERMITTED} or {@code UNAVAILABLE}; with {@code UNKNOWN_OBJECT} for an
 * unknown and {@code INVALID_ARGUMENT} for an ambiguous name; with {@code STATE_UNKNOWN} for a
 * moment before versioning began and {@code INVALID_ARGUMENT} for one in the future.
 */
public final class Versions {

  private static final int ROWS_PER_FETCH = 200;

  /** Whether a change comes after the place that {@link #bindPlace} gives; all do after none. */
  private static final String AFTER_THE_PLACE =
      """
      (
          cast(:beforeAt as timestamptz) is null
          or %1$s.change_timestamp < cast(:beforeAt as timestamptz)
          or %1$s.change_timestamp = cast(:beforeAt as timestamptz)
              and (%1$s.full_name, %1$s.object_type, %1$s.change_type, %1$s.commit_id)
                  > (:beforeName, :beforeObjectType, :beforeType, cast(:beforeCommit as uuid))
      )
      """;

  private final Jdbi jdbi;

  public Versions(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Hands over changes one by one, newest first. Mirrors {@code pggit.log()}.
   *
   * @param next gets each change; false stops the reading
   */
  public void read(ChangeFilter filter, Predicate<Change> next) {
    ask(
        handle -> {
          try (Query query =
              handle.createQuery(
                  """
                  select l.*, encode(l.script_execution_hk, 'hex') as operation
                  from pggit.log(
                      :object, cast(:since as timestamptz),
                      least(cast(:until as timestamptz), cast(:beforeAt as timestamptz)), :author) as l
                  where
                  """
                      + AFTER_THE_PLACE.formatted("l")
                      + """
                  order by
                      l.change_timestamp desc, l.full_name, l.object_type, l.change_type, l.commit_id
                  limit nullif(cast(:limit as bigint), 0)
                  """)) {
            query
                .setFetchSize(ROWS_PER_FETCH)
                .bind("object", filter.object().orElse(null))
                .bind("since", Rows.value(filter.since()))
                .bind("until", Rows.value(filter.until()))
                .bind("author", filter.author().orElse(null))
                .bind("limit", filter.limit());
            bindPlace(query, filter.before());
            try (Stream<Change> changes = query.map(Rows::change).stream()) {
              Iterator<Change> all = changes.iterator();
              boolean more = true;
              while (more && all.hasNext()) {
                more = next.test(all.next());
              }
            }
          }
          return true;
        });
  }

  /**
   * One commit. Mirrors {@code pggit.show()}.
   *
   * @param commit the first four or more characters of its id
   */
  public Commit commit(String commit) {
    return ask(
        handle -> {
          List<CommitChange> changes =
              handle
                  .createQuery(
                      """
                      select s.*, encode(s.script_execution_hk, 'hex') as operation, e.sql_command
                      from pggit.show(:commit) with ordinality as s
                      left join script_tracking.script_execution_s as e
                          on e.script_execution_hk = s.script_execution_hk
                      order by s.ordinality
                      """)
                  .bind("commit", commit)
                  .map(Rows::commitChange)
                  .list();
          return handle
              .createQuery(
                  """
                  select c.commit_id, c.committed_at, c.kind, c.author, c.application_user
                  from pggit.commit as c
                  where starts_with(c.commit_id::text, lower(:commit))
                  """)
              .bind("commit", commit)
              .map(
                  (row, context) ->
                      new Commit(
                          row.getObject("commit_id", UUID.class),
                          Rows.moment(row, "committed_at"),
                          row.getString("kind"),
                          row.getString("author"),
                          row.getString("application_user"),
                          changes))
              .first();
        });
  }

  private static void bindPlace(Query query, Optional<ChangeCursor> before) {
    query
        .bind("beforeAt", Rows.value(before.map(ChangeCursor::changedAt)))
        .bind("beforeName", before.map(ChangeCursor::fullName).orElse(null))
        .bind("beforeObjectType", before.map(ChangeCursor::objectType).orElse(null))
        .bind("beforeType", before.map(ChangeCursor::type).orElse(null))
        .bind("beforeCommit", before.map(place -> place.commit().toString()).orElse(null));
  }

  /**
   * The objects under version control, in order of schema and name.
   *
   * @param name part of their names, in any case; empty for all
   * @param dropped whether those that were dropped are among them
   * @param limit at most so many
   */
  public List<VersionedObject> objects(String name, boolean dropped, int limit) {
    return objects(name, dropped, Optional.empty(), limit);
  }

  /**
   * The same, of those that come after a place.
   *
   * @param after where the page before ended
   */
  public List<VersionedObject> objects(
      String name, boolean dropped, Optional<ObjectCursor> after, int limit) {
    return ask(
        handle ->
            handle
                .createQuery(
                    """
                    select o.*
                    from pggit.objects as o
                    where (o.is_active or :dropped)
                        and strpos(lower(o.full_name), lower(:name)) > 0
                        and (
                            cast(:afterId as uuid) is null
                            or (coalesce(o.schema_name, ''), o.full_name, o.object_type, o.id)
                                > (:afterSchema, :afterName, :afterType, cast(:afterId as uuid))
                        )
                    order by coalesce(o.schema_name, ''), o.full_name, o.object_type, o.id
                    limit :limit
                    """)
                .bind("name", name)
                .bind("dropped", dropped)
                .bind("afterSchema", after.map(ObjectCursor::schema).orElse(null))
                .bind("afterName", after.map(ObjectCursor::fullName).orElse(null))
                .bind("afterType", after.map(ObjectCursor::type).orElse(null))
                .bind("afterId", after.map(place -> place.id().toString()).orElse(null))
                .bind("limit", limit)
                .map(Rows::object)
                .list());
  }

  /**
   * The schemas that have objects under version control, in order of their names.
   *
   * @param dropped whether those that were dropped count
   */
  public List<SchemaSummary> schemas(boolean dropped) {
    return ask(
        handle ->
            handle
                .createQuery(
                    """
                    select
                        o.schema_name, count(*) as objects, max(o.changed_at) as changed_at
                    from pggit.objects as o
                    where o.is_active or :dropped
                    group by o.schema_name
                    order by o.schema_name nulls first
                    """)
                .bind("dropped", dropped)
                .map(
                    (row, context) ->
                        new SchemaSummary(
                            row.getString("schema_name"),
                            row.getLong("objects"),
                            Rows.moment(row, "changed_at")))
                .list());
  }

  /**
   * The objects of one schema, in order of kind and name.
   *
   * @param schema NULL for those that are in none
   * @param dropped whether those that were dropped are among them
   * @param limit at most so many
   */
  public List<VersionedObject> objectsIn(@Nullable String schema, boolean dropped, int limit) {
    return ask(
        handle ->
            handle
                .createQuery(
                    """
                    select o.*
                    from pggit.objects as o
                    where (o.is_active or :dropped)
                        and o.schema_name is not distinct from :schema::text
                    order by o.object_type, o.object_name, o.id
                    limit :limit
                    """)
                .bind("schema", schema)
                .bind("dropped", dropped)
                .bind("limit", limit)
                .map(Rows::object)
                .list());
  }

  /** One object under version control, be it dropped. */
  public VersionedObject object(UUID id) {
    return ask(
        handle ->
            handle
                .createQuery("select o.* from pggit.objects as o where o.id = :id")
                .bind("id", id)
                .map(Rows::object)
                .findOne()
                .orElseThrow(
                    () ->
                        new PgtrailException(
                            ErrorCode.UNKNOWN_OBJECT, "There is no object " + id, null)));
  }

  /**
   * The object of a kind that is called, or else was last called so.
   *
   * @param type its kind, like TABLE
   * @param fullName like public.users
   */
  public VersionedObject named(String type, String fullName) {
    return ask(
        handle ->
            handle
                .createQuery(
                    """
                    select o.*
                    from pggit.objects as o
                    where o.object_type = :type and o.full_name = :name
                    order by o.is_active desc, o.changed_at desc
                    limit 1
                    """)
                .bind("type", type)
                .bind("name", fullName)
                .map(Rows::object)
                .findOne()
                .orElseThrow(
                    () ->
                        new PgtrailException(
                            ErrorCode.UNKNOWN_OBJECT,
                            "There is no " + type + " called " + fullName,
                            null)));
  }

  /** The changes of one object, newest first. */
  public List<ObjectVersion> ofObject(UUID id) {
    return ofObject(id, Optional.empty(), 0);
  }

  /**
   * Some of the changes of one object, newest first.
   *
   * @param before where the page before ended
   * @param limit at most so many, 0 for all
   */
  public List<ObjectVersion> ofObject(UUID id, Optional<ChangeCursor> before, int limit) {
    return ask(
        handle -> {
          try (Query query =
              handle.createQuery(
                  """
                  select h.*, encode(h.script_execution_hk, 'hex') as operation
                  from pggit.history as h
                  where h.object_id = :id and
                  """
                      + AFTER_THE_PLACE.formatted("h")
                      + """
                  order by
                      h.change_timestamp desc, h.full_name, h.object_type, h.change_type, h.commit_id
                  limit nullif(:limit, 0)
                  """)) {
            query.bind("id", id).bind("limit", limit);
            bindPlace(query, before);
            return query.map(Rows::objectVersion).list();
          }
        });
  }

  /**
   * The change that made one version of an object.
   *
   * @param version like 1.2.0
   */
  public ObjectVersion ofObject(UUID id, String version) {
    return ask(
        handle ->
            handle
                .createQuery(
                    """
                    select h.*, encode(h.script_execution_hk, 'hex') as operation
                    from pggit.history as h
                    where h.object_id = :id
                        and h.version_after = :version
                    order by h.change_timestamp
                    limit 1
                    """)
                .bind("id", id)
                .bind("version", version)
                .map(Rows::objectVersion)
                .findOne()
                .orElseThrow(
                    () ->
                        new PgtrailException(
                            ErrorCode.UNKNOWN_OBJECT,
                            "There is no version " + version + " of the object " + id,
                            null)));
  }

  /**
   * What one operation changed, in order of the names.
   *
   * @param operation its hash key in hexadecimal
   */
  public List<Change> ofOperation(String operation) {
    return ask(
        handle ->
            handle
                .createQuery(
                    """
                    select h.*, encode(h.script_execution_hk, 'hex') as operation
                    from pggit.history as h
                    where h.script_execution_hk = decode(:operation, 'hex')
                    order by h.full_name, h.object_type
                    """)
                .bind("operation", operation)
                .map(Rows::change)
                .list());
  }

  /**
   * What differs between the schema at two moments. Mirrors {@code pggit.diff()}.
   *
   * @param to empty for now
   */
  public List<ObjectDifference> differences(Instant from, Optional<Instant> to) {
    return ask(
        handle ->
            handle
                .createQuery(
                    "select * from pggit.diff(:from, coalesce(:to::timestamptz, clock_timestamp()))")
                .bind("from", Rows.value(from))
                .bind("to", Rows.value(to))
                .map(Rows::difference)
                .list());
  }

  /**
   * The DDL that leads from the schema at one moment to that at another. Mirrors {@code
   * pggit.generate_migration()}.
   *
   * @param to empty for now
   */
  public String migration(Instant from, Optional<Instant> to) {
    return ask(
        handle ->
            handle
                .createQuery(
                    "select pggit.generate_migration(:from, coalesce(:to::timestamptz, clock_timestamp()))")
                .bind("from", Rows.value(from))
                .bind("to", Rows.value(to))
                .mapTo(String.class)
                .one());
  }

  /**
   * The DDL that makes the schema of a moment. Mirrors {@code pggit.export_schema()}.
   *
   * @param at empty for now
   */
  public String schema(Optional<Instant> at) {
    return ask(
        handle ->
            handle
                .createQuery(
                    "select pggit.export_schema(coalesce(:at::timestamptz, clock_timestamp()))")
                .bind("at", Rows.value(at))
                .mapTo(String.class)
                .one());
  }

  /** What an object needs. Mirrors {@code pggit.get_dependencies()}. */
  public List<Dependency> dependencies(String object) {
    return ask(
        handle ->
            handle
                .createQuery("select * from pggit.get_dependencies(:object)")
                .bind("object", object)
                .map(
                    (row, context) ->
                        new Dependency(
                            row.getString("object_type"),
                            row.getString("full_name"),
                            row.getString("dependency_kind"),
                            row.getString("certainty")))
                .list());
  }

  /** Who last changed each part of a table. Mirrors {@code pggit.blame()}. */
  public List<BlamedPart> blame(String table) {
    return ask(
        handle ->
            handle
                .createQuery(
                    """
                    select b.*, encode(b.script_execution_hk, 'hex') as operation
                    from pggit.blame(:table) as b
                    """)
                .bind("table", table)
                .map(
                    (row, context) ->
                        new BlamedPart(
                            row.getString("part"),
                            row.getString("name"),
                            Rows.momentOrNull(row, "changed_at"),
                            row.getString("changed_by"),
                            row.getString("change_type"),
                            row.getObject("commit_id", UUID.class),
                            row.getString("operation")))
                .list());
  }

  /** Everything that a change of an object may touch. Mirrors {@code pggit.impact()}. */
  public List<Dependent> impact(String object) {
    return ask(
        handle ->
            handle
                .createQuery("select * from pggit.impact(:object)")
                .bind("object", object)
                .map(Rows::dependent)
                .list());
  }

  /** How many and how large they are, by name. Mirrors {@code pggit.metrics_for_grafana()}. */
  public Map<String, BigDecimal> metrics() {
    return ask(
        handle ->
            handle
                .createQuery("select metric_name, metric_value from pggit.metrics_for_grafana()")
                .map(
                    (row, context) ->
                        Map.entry(row.getString("metric_name"), row.getBigDecimal("metric_value")))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /** In a transaction: a cursor needs one, and what belongs together is read together. */
  private <T> T ask(Function<Handle, T> question) {
    try {
      return jdbi.inTransaction(
          handle -> {
            SafePath.in(handle);
            return question.apply(handle);
          });
    } catch (JdbiException failure) {
      throw VersioningFailure.explain(failure);
    }
  }
}
