package io.pgtrail.reporting;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Lets a session read a tenant: row-level security shows only the one that it acts for. */
final class Tenants {

  private Tenants() {}

  /**
   * Acts for the tenant until the connection is closed. Who may read all tenants needs none.
   *
   * @throws PgtrailException {@code TENANT_NOT_GRANTED} if it is unknown or not granted
   */
  static void choose(Handle handle, Optional<String> tenant) {
    if (tenant.isEmpty()) {
      return;
    }
    boolean readsAll = handle.createQuery("select pgtrail.reads_all()").mapTo(Boolean.class).one();
    if (!readsAll) {
      handle
          .createQuery("select script_tracking.set_tenant(:tenant)")
          .bind("tenant", tenant.get())
          .mapToMap()
          .one();
    } else if (!exists(handle, tenant.get())) {
      throw new PgtrailException(
          ErrorCode.TENANT_NOT_GRANTED,
          "there is no tenant '" + tenant.get() + "'",
          "Create it with script_tracking.create_tenant().");
    }
  }

  private static boolean exists(Handle handle, String tenant) {
    return handle
        .createQuery("select exists (select from pgtrail.tenant where tenant_name = :tenant)")
        .bind("tenant", tenant)
        .mapTo(Boolean.class)
        .one();
  }
}
