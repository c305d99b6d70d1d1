package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.install.Installer;
import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

/** What is there when pgtrail is installed has its first version from then on. */
final class VersionBaselineTest extends InstalledDatabase {

  private static final String OBJECTS =
      """
      select o.object_type, o.full_name, o.schema_name, o.object_name,
          pgtrail.canonical(o.definition)::text as definition, encode(o.content_hash, 'hex') as content_hash, o.ddl
      from pggit.objects as o
      where o.is_active
      order by o.object_type, o.full_name
      """;

  private static final String DEPENDENCIES =
      """
      select d.dependent_object, d.dependency_object, d.dependency_kind
      from pggit.dependencies as d
      order by d.dependent_object, d.dependency_object, d.dependency_kind
      """;

  @Test
  void isWhatCaptureWouldHaveRecorded() throws Exception {
    Login there = database.twin();
    Installer installer = new Installer(there.dataSource());
    installer.uninstall(true);
    for (String kind : Kinds.ALL) {
      Kinds.define(kind, database.login(), database.majorVersion());
      Kinds.define(kind, there, database.majorVersion());
    }
    // PostgreSQL fires no event for event triggers.
    run("select pggit.adopt_drift()");

    installer.install();

    try (Connection baseline = there.connect()) {
      assertThat(Sql.rows(baseline, OBJECTS)).isEqualTo(Sql.rows(connection, OBJECTS));
      assertThat(Sql.rows(baseline, DEPENDENCIES)).isEqualTo(Sql.rows(connection, DEPENDENCIES));
      assertThat(
              value(
                  baseline,
                  "select string_agg(distinct version || ' ' || is_active, ', ') from pggit.objects"))
          .isEqualTo("1.0.0 true");
      // Every kind that has versions, and not a few of the more common ones only.
      assertThat(
              value(
                  baseline,
                  "select string_agg(object_type, ', ') from pggit.coverage() where versioned and objects = 0"))
          .isEqualTo("null");
      assertThat(
              value(
                  baseline,
                  "select string_agg(concat_ws(' ', kind, coalesce(author, 'nobody')), ', ') from pggit.commit"))
          .isEqualTo("BASELINE nobody");
      assertThat(value(baseline, "select count(*) from pggit.log()")).isEqualTo("0");
      assertThat(value(baseline, "select count(*) from pggit.verify_database_integrity()"))
          .isEqualTo("0");
    }
  }
}
