package io.pgtrail.guide;

import io.pgtrail.testkit.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A history written as a table, its last column the statement of DDL or the error of others.
 * Recorded as the operations of the past: each began as RUNNING and got a second version when it
 * ended, so that a report that counts versions is seen to do so.
 */
final class KnownHistory {

  private static final String BEGIN =
      """
      with operation as (
          select sha256(convert_to(concat(?::text, ?::timestamptz, ?::text), 'UTF8')) as hk
      ), hub as (
          insert into script_tracking.script_execution_h
              (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
          select hk, encode(hk, 'hex'), ?::bytea, ?, 'SCRIPT_TRACKER' from operation
      )
      insert into script_tracking.script_execution_s
          (script_execution_hk, load_date, hash_diff, script_name, script_type, execution_timestamp,
          db_session_user, client_ip, affected_objects, sql_command, tenant_hk, record_source)
      select hk, ?, '\\x', ?, ?, ?, ?, ?::inet, ?::text[], ?, ?::bytea, 'SCRIPT_TRACKER'
      from operation
      returning script_execution_hk
      """;

  private static final String END =
      """
      update script_tracking.script_execution_s
      set execution_status = ?, execution_duration_ms = ?::integer, error_message = ?
      where script_execution_hk = ?
      """;

  private final NoonDay day;
  private final Connection owner;

  /**
   * Prepares to record.
   *
   * @param owner a connection of the superuser
   */
  KnownHistory(NoonDay day, Connection owner) {
    this.day = day;
    this.owner = owner;
  }

  /**
   * Records the part of a history that belongs to the system or to a tenant.
   *
   * @param name of the resource, without .txt
   * @param tenant literal of the tenant's key, in whose name the part of acme is recorded; null for
   *     the part of the system
   */
  void record(String name, @Nullable String tenant) throws SQLException {
    owner.setAutoCommit(false);
    Sql.execute(owner, "set local role pgtrail_owner");
    for (String line : read(name + ".txt").lines().skip(2).toList()) {
      List<String> operation = List.of(line.strip().split("\\s*\\|\\s*", -1));
      if (operation.get(5).equals(tenant == null ? "-" : "acme")) {
        record(operation, tenant);
      }
    }
    owner.commit();
    owner.setAutoCommit(true);
  }

  private void record(List<String> operation, @Nullable String tenant) throws SQLException {
    for (String began : operation.get(7).split(", ", -1)) {
      byte[] key = begin(operation, tenant, day.moment(began));
      if (!operation.get(2).equals("RUNNING")) {
        end(operation, key);
      }
    }
  }

  private byte[] begin(List<String> operation, @Nullable String tenant, OffsetDateTime began)
      throws SQLException {
    try (PreparedStatement insert = owner.prepareStatement(BEGIN)) {
      @Nullable Object[] values = {
        operation.get(0),
        began,
        tenant,
        tenant,
        began,
        began,
        operation.get(0),
        operation.get(1),
        began,
        operation.get(3),
        orNull(operation.get(4)),
        orNull(operation.get(8)),
        isDdl(operation) ? operation.get(9) : null,
        tenant
      };
      for (int i = 0; i < values.length; i++) {
        insert.setObject(i + 1, values[i]);
      }
      try (var inserted = insert.executeQuery()) {
        inserted.next();
        return inserted.getBytes(1);
      }
    }
  }

  private void end(List<String> operation, byte[] key) throws SQLException {
    try (PreparedStatement update = owner.prepareStatement(END)) {
      update.setString(1, operation.get(2));
      update.setString(2, operation.get(6));
      update.setString(3, isDdl(operation) ? null : orNull(operation.get(9)));
      update.setBytes(4, key);
      update.executeUpdate();
    }
  }

  private static boolean isDdl(List<String> operation) {
    return operation.get(1).equals("DDL_AUTO");
  }

  private static @Nullable String orNull(String text) {
    return text.equals("-") ? null : text;
  }

  private static String read(String name) {
    try (InputStream resource = KnownHistory.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new IllegalStateException("Cannot read " + name, failure);
    }
  }
}
