package io.pgtrail.doctor;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Whether the versions of the schema are in order. */
final class VersionChecks {

  private static final int NAMED = 3;

  private VersionChecks() {}

  /** What is changed while capture is off, or fails, is in the catalogs only. */
  static Check asRecorded(Handle handle) {
    List<String> differences =
        handle
            .createQuery(
                """
                select lower(d.status) || ' ' || d.object_type || ' ' || d.full_name
                from pggit.verify_database_integrity() as d
                """)
            .mapTo(String.class)
            .list();
    return differences.isEmpty()
        ? Check.ok("The schema is as recorded")
        : Check.fail(
            "The schema is not as recorded, in "
                + differences.size()
                + (differences.size() == 1 ? " place: " : " places: ")
                + String.join(", ", differences.subList(0, Math.min(NAMED, differences.size())))
                + (differences.size() > NAMED ? ", …" : ""),
            "See all with: SELECT * FROM pggit.verify_database_integrity(); record what is there with: SELECT pggit.adopt_drift();");
  }
}
