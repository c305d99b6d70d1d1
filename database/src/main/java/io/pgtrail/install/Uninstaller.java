package io.pgtrail.install;

import io.pgtrail.error.ErrorCode;
import io.pgtrail.error.PgtrailException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Takes pgtrail out of a database, in one transaction. */
final class Uninstaller {

  private static final List<String> ROLES =
      List.of(
          "pgtrail_admin",
          "pgtrail_auditor",
          "pgtrail_reader",
          "pgtrail_writer",
          "pgtrail_server",
          "pgtrail_owner");

  private static final String DEPENDENT_OBJECTS_STILL_EXIST = "2BP01";

  private final Connection connection;
  private final List<String> removed = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  Uninstaller(Connection connection) {
    this.connection = connection;
  }

  Uninstalled run(boolean dropData) throws SQLException {
    connection.setAutoCommit(false);
    try {
      // First of all, so that what follows does not record itself.
      dropEach(OurObjects.EVENT_TRIGGERS);
      dropEach(OurObjects.POLICIES);
      dropEach(OurObjects.TRIGGERS);
      dropEach(OurObjects.OUTSIDE_FUNCTIONS);
      dropFunctions(OurObjects.FUNCTIONS_ON_VIEWS);
      dropEach(OurObjects.VIEWS);
      dropFunctions(OurObjects.FUNCTIONS);
      if (dropData) {
        dropData();
      } else {
        keepData();
      }
      connection.commit();
      return new Uninstalled(removed, kept);
    } catch (SQLException failure) {
      connection.rollback();
      throw refusal(failure);
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /** What remains is closed to everyone but superusers, and ready for a later installation. */
  private void keepData() throws SQLException {
    Installation.execute(
        connection,
        "revoke all on all tables in schema script_tracking, pggit, pgtrail"
            + " from public, pgtrail_admin, pgtrail_auditor, pgtrail_reader, pgtrail_writer");
    Installation.execute(connection, "delete from pgtrail.installed_step where version is null");
    Installation.execute(
        connection,
        """
        delete from pgtrail.created_outside
        where object_kind = 'function' and pg_catalog.to_regprocedure(object_identity) is null
        """);
    kept.add(
        "the trail, the versions and the settings, in the schemas script_tracking, pggit and pgtrail");
    kept.add("the roles pgtrail_*, which own them");
  }

  private void dropData() throws SQLException {
    dropEach(OurObjects.TABLES);
    dropEach(OurObjects.TYPES);
    dropEach(OurObjects.HELPERS);
    List<String> schemasOutside =
        list(
            "select object_identity from pgtrail.created_outside where object_kind = 'schema' order by 1");
    Installation.execute(connection, "drop table pgtrail.created_outside, pgtrail.installed_step");
    removed.add("table pgtrail.created_outside");
    removed.add("table pgtrail.installed_step");
    dropSchema("script_tracking");
    dropSchema("pggit");
    dropSchema("pgtrail");
    for (String schema : schemasOutside) {
      dropSchema(schema);
    }
    dropRoles();
  }

  /** Others may have put something into a schema of ours: an archive, a view. Then it stays. */
  private void dropSchema(String schema) throws SQLException {
    if (!dropUnlessNeeded("schema " + schema)) {
      kept.add("schema " + schema + ": it holds objects that pgtrail did not make");
    }
  }

  /** Roles belong to the cluster: while pgtrail lives in another database, all of them stay. */
  private void dropRoles() throws SQLException {
    Installation.execute(
        connection,
        """
        do $revoke$
        begin
            execute pg_catalog.format(
                'revoke create on database %I from pgtrail_owner', pg_catalog.current_database());
        end
        $revoke$""");
    if (Installation.isTrue(connection, OurObjects.ROLES_NEEDED_ELSEWHERE)) {
      kept.add("the roles pgtrail_*: another database, or something in this one, needs them");
      return;
    }
    for (String role : ROLES) {
      Installation.execute(connection, "drop role " + role);
      removed.add("role " + role);
    }
  }

  private boolean dropUnlessNeeded(String object) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      Installation.execute(connection, "drop " + object);
      removed.add(object);
      return true;
    } catch (SQLException failure) {
      if (!DEPENDENT_OBJECTS_STILL_EXIST.equals(failure.getSQLState())) {
        throw failure;
      }
      connection.rollback(before);
      return false;
    } finally {
      connection.releaseSavepoint(before);
    }
  }

  private void dropFunctions(String query) throws SQLException {
    List<String> functions = list(query);
    if (functions.isEmpty()) {
      return;
    }
    Installation.execute(connection, "drop routine " + String.join(", ", functions));
    functions.forEach(function -> removed.add("function " + function));
  }

  /** Each row of the query names an object as DROP does. */
  private void dropEach(String query) throws SQLException {
    for (String object : list(query)) {
      Installation.execute(connection, "drop " + object);
      removed.add(object);
    }
  }

  private List<String> list(String query) throws SQLException {
    List<String> objects = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        objects.add(rows.getString(1));
      }
    }
    return objects;
  }

  private static PgtrailException refusal(SQLException failure) {
    if (!DEPENDENT_OBJECTS_STILL_EXIST.equals(failure.getSQLState())) {
      return PgtrailException.of(failure);
    }
    ServerErrorMessage server =
        failure instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
    String dependents = server == null || server.getDetail() == null ? "" : server.getDetail();
    return new PgtrailException(
        ErrorCode.INSTALL_REFUSED,
        "Objects of others depend on pgtrail: " + dependents.replace("\n", "; "),
        "Drop or change them first. Nothing was removed.",
        failure);
  }
}
