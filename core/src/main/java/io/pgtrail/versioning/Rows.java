package io.pgtrail.versioning;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** Rows of the functions in {@code pggit}. */
final class Rows {

  private Rows() {}

  static Change change(ResultSet row, StatementContext context) throws SQLException {
    return new Change(
        moment(row, "change_timestamp"),
        row.getObject("commit_id", UUID.class),
        row.getString("changed_by"),
        row.getString("change_type"),
        row.getString("change_severity"),
        row.getString("object_type"),
        row.getString("full_name"),
        row.getString("version_before"),
        row.getString("version_after"),
        row.getString("operation"));
  }

  static ObjectDifference difference(ResultSet row, StatementContext context) throws SQLException {
    return new ObjectDifference(
        row.getString("object_type"),
        row.getString("full_name"),
        row.getString("change_type"),
        row.getString("change_severity"),
        row.getString("version_before"),
        row.getString("version_after"),
        texts(row, "changes"),
        row.getString("ddl_before"),
        row.getString("ddl_after"));
  }

  static CommitChange commitChange(ResultSet row, StatementContext context) throws SQLException {
    return new CommitChange(
        difference(row, context), row.getString("operation"), row.getString("sql_command"));
  }

  static Dependent dependent(ResultSet row, StatementContext context) throws SQLException {
    return new Dependent(
        row.getInt("depth"),
        row.getString("object_type"),
        row.getString("full_name"),
        row.getString("dependency_kind"),
        row.getString("certainty"),
        texts(row, "path"));
  }

  static PlannedStep step(ResultSet row, StatementContext context) throws SQLException {
    return new PlannedStep(
        row.getInt("step"),
        row.getString("action"),
        row.getString("object_type"),
        row.getString("full_name"),
        row.getString("ddl"),
        row.getString("risk"),
        row.getString("reason"),
        row.getObject("lost_rows", Long.class));
  }

  static VersionedObject object(ResultSet row, StatementContext context) throws SQLException {
    return new VersionedObject(
        row.getObject("id", UUID.class),
        row.getString("object_type"),
        row.getString("schema_name"),
        row.getString("full_name"),
        row.getBoolean("is_active"),
        row.getString("version"),
        moment(row, "created_at"),
        moment(row, "changed_at"),
        row.getString("ddl"));
  }

  static ObjectVersion objectVersion(ResultSet row, StatementContext context) throws SQLException {
    return new ObjectVersion(
        change(row, context), row.getString("ddl_before"), row.getString("ddl_after"));
  }

  static Instant moment(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static @Nullable Instant momentOrNull(ResultSet row, String column) throws SQLException {
    return row.getObject(column) == null ? null : moment(row, column);
  }

  /** A moment as a value of a query; NULL for none. */
  static @Nullable OffsetDateTime value(Optional<Instant> moment) {
    return moment.map(Rows::value).orElse(null);
  }

  static OffsetDateTime value(Instant moment) {
    return moment.atOffset(ZoneOffset.UTC);
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }
}
