package io.pgtrail.doctor;

import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/** One thing to look at. */
@FunctionalInterface
interface Examination {
  Check examine(Handle handle) throws SQLException;
}
