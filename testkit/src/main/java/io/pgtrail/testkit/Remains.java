package io.pgtrail.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Removes what keeps a database from being dropped, even by force. */
final class Remains {

  private static final String PREPARED_TRANSACTIONS =
      """
      select format('rollback prepared %L', gid) as remedy
      from pg_catalog.pg_prepared_xacts
      where database = current_database()
      """;

  private static final String SUBSCRIPTIONS =
      """
      select unnest(array[
          format('alter subscription %I disable', subname),
          format('alter subscription %I set (slot_name = none)', subname),
          format('drop subscription %I', subname)]) as remedy
      from pg_catalog.pg_subscription
      where subdbid = (select oid from pg_catalog.pg_database where datname = current_database())
      """;

  private static final String SLOTS =
      """
      select format('select pg_catalog.pg_drop_replication_slot(%L)', slot_name) as remedy
      from pg_catalog.pg_replication_slots
      where database = current_database()
      """;

  private Remains() {}

  static void remove(Login database) throws SQLException {
    try (Connection connection = database.connect()) {
      // The product's own triggers have no say in the end of its database.
      Sql.execute(connection, "set session_replication_role = replica");
      for (String remedies : new String[] {PREPARED_TRANSACTIONS, SUBSCRIPTIONS, SLOTS}) {
        for (Map<String, @Nullable Object> row : Sql.rows(connection, remedies)) {
          Sql.execute(connection, String.valueOf(row.get("remedy")));
        }
      }
    }
  }
}
