package io.pgtrail.versioning;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.pgcodekeeper.core.api.PgCodeKeeperApi;
import org.pgcodekeeper.core.ignorelist.IgnoreSchemaList;
import org.pgcodekeeper.core.ignorelist.IgnoredObject;
import org.pgcodekeeper.core.loader.DatabaseLoader;
import org.pgcodekeeper.core.loader.LoaderFactory;
import org.pgcodekeeper.core.schema.AbstractDatabase;
import org.pgcodekeeper.core.settings.CoreSettings;

/** Compares schemas with pgCodeKeeper, which knows nothing of pgtrail. */
final class IndependentDiffer {

  private static final List<String> NOT_COMPARED =
      List.of("script_tracking", "pggit", "pgtrail", "util", "auth");

  private static final String BEGINNING = "SET search_path = pg_catalog;";

  private IndependentDiffer() {}

  /** Reads the schema that a database has now. */
  static AbstractDatabase read(String jdbcUrl) throws IOException, InterruptedException {
    IgnoreSchemaList ignored = new IgnoreSchemaList();
    for (String schema : NOT_COMPARED) {
      ignored.add(new IgnoredObject(schema, false, false, false, Set.of()));
    }
    DatabaseLoader loader = LoaderFactory.createJdbcLoader(settings(), jdbcUrl, ignored);
    return loader.loadAndAnalyze();
  }

  /** Gives the statements that lead from one schema to another; empty when they are the same. */
  static String differences(AbstractDatabase from, AbstractDatabase to)
      throws IOException, InterruptedException {
    return PgCodeKeeperApi.diff(settings(), from, to).replace(BEGINNING, "").strip();
  }

  private static CoreSettings settings() {
    CoreSettings settings = new CoreSettings();
    // A column that comes back comes back as the last one.
    settings.setIgnoreColumnOrder(true);
    settings.setIgnoreConcurrentModification(true);
    return settings;
  }
}
