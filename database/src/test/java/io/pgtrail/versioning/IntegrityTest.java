package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happened where nobody looked is found, and adopted. */
final class IntegrityTest extends VersionedDatabase {

  @BeforeEach
  void createTheShop() throws SQLException {
    run(
        "create schema shop",
        "create table shop.item (id integer primary key, name text)",
        "create table shop.sale (id integer)",
        "create view shop.items as select name from shop.item");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "set session_replication_role = replica",
        "alter event trigger et_ddl_command_end disable;"
            + " alter event trigger et_sql_drop disable",
        "drop event trigger et_ddl_command_end; drop event trigger et_sql_drop",
        "alter table pgtrail.touched disable trigger all"
      })
  void driftIsFoundAndAdoptedWithoutAnAuthor(String blindfold) throws SQLException {
    String before = now();
    run(
        blindfold,
        "alter table shop.item add column price numeric",
        "alter table shop.item rename column name to title",
        "drop table shop.sale",
        "create table shop.extra (id integer)",
        "delete from pgtrail.touched");

    assertThat(drift())
        .satisfiesExactly(
            extra -> assertThat(extra).isEqualTo("EXTRA TABLE shop.extra"),
            table ->
                assertThat(table)
                    .isEqualTo(
                        "DIFFERENT TABLE shop.item"
                            + " {\"removed columns.name\",\"added columns.price\",\"added columns.title\"}"),
            missing -> assertThat(missing).isEqualTo("MISSING TABLE shop.sale"),
            view -> assertThat(view).startsWith("DIFFERENT VIEW shop.items {\"changed query: "));

    assertThat(value("select pggit.adopt_drift()")).isEqualTo("4");

    assertThat(drift()).isEmpty();
    assertThat(changesSince(before))
        .containsExactly(
            "CREATE TABLE shop.extra 1.0.0",
            "ALTER TABLE shop.item 2.0.0",
            "DROP TABLE shop.sale",
            "ALTER VIEW shop.items 1.1.0");
    assertThat(
            column(
                "select distinct concat_ws(' ', c.kind, c.author, h.changed_by, h.script_execution_hk)"
                    + " from pggit.history as h join pggit.commit as c using (commit_id)"
                    + " where h.change_timestamp > '"
                    + before
                    + "'"))
        .containsExactly("DRIFT");
    assertThat(value("select pggit.adopt_drift()")).isEqualTo("0");
  }

  @Test
  void capturesReplicatedChangesWhereItIsToldTo() throws SQLException {
    run("select script_tracking.configure('capture_always', 'true')");

    assertThat(
            changesOf(
                "set session_replication_role = replica",
                "alter table shop.item add column price numeric"))
        .containsExactly("ALTER TABLE shop.item 1.1.0");
    assertRecordedAsItIs();
  }

  /** For these PostgreSQL calls no event trigger. */
  @Test
  void whatCallsNoEventTriggerIsFoundAsDrift() throws SQLException {
    Login ann = member("ann");
    Login bob = member("bob");
    run(
        "create function shop.on_ddl() returns event_trigger language plpgsql as 'begin end'",
        "alter table shop.item owner to " + ann.user(),
        "alter table shop.sale owner to " + bob.user());

    run("create event trigger on_ddl on ddl_command_end execute function shop.on_ddl()");
    assertThat(drift()).containsExactly("EXTRA EVENT TRIGGER on_ddl");
    run("select pggit.adopt_drift()");
    run("alter event trigger on_ddl rename to on_ddl2");
    assertThat(drift())
        .containsExactly("MISSING EVENT TRIGGER on_ddl", "EXTRA EVENT TRIGGER on_ddl2");
    run("select pggit.adopt_drift()");
    run("drop event trigger on_ddl2");
    assertThat(drift()).containsExactly("MISSING EVENT TRIGGER on_ddl2");
    run("select pggit.adopt_drift()");

    run("cluster shop.item using item_pkey");
    assertThat(drift())
        .containsExactly("DIFFERENT TABLE shop.item {\"added constraints.item_pkey.clustered\"}");
    run("select pggit.adopt_drift()");

    run("reassign owned by " + ann.user() + " to " + bob.user());
    assertThat(drift())
        .containsExactly(
            "DIFFERENT TABLE shop.item {\"changed owner: "
                + ann.user()
                + " → "
                + bob.user()
                + "\"}");
    run("select pggit.adopt_drift()");

    run("alter role " + bob.user() + " rename to renamed_" + database.name());
    try {
      assertThat(drift())
          .contains(
              "DIFFERENT TABLE shop.sale {\"changed owner: "
                  + bob.user()
                  + " → renamed_"
                  + database.name()
                  + "\"}");
      run("select pggit.adopt_drift()");
      assertThat(drift()).isEmpty();
    } finally {
      run("alter role renamed_" + database.name() + " rename to " + bob.user());
    }
    assertThat(
            value(
                "select count(*) from pggit.history where change_severity <> 'PATCH'"
                    + " and object_type = 'TABLE' and change_type <> 'CREATE'"))
        .isEqualTo("0");
  }

  @Test
  void theNextChangeOfAnObjectTakesItsDriftAlong() throws SQLException {
    run(
        "set session_replication_role = replica",
        "alter table shop.item add column price numeric",
        "reset session_replication_role");

    assertThat(changesOf("alter table shop.item add column weight numeric"))
        .containsExactly("ALTER TABLE shop.item 1.1.0");
    assertRecordedAsItIs();
  }

  @Test
  void ownChangesOfTheTransactionThatAdoptsKeepTheirAuthor() throws SQLException {
    run(
        "set session_replication_role = replica",
        "drop table shop.sale",
        "reset session_replication_role",
        "begin",
        "alter table shop.item add column own integer",
        "select pggit.adopt_drift()",
        "create table shop.later (id integer)",
        "commit");

    assertThat(
            column(
                """
                select concat_ws(' ', h.full_name, c.kind, h.changed_by, s.sql_command)
                from pggit.history as h
                join pggit.commit as c using (commit_id)
                left join script_tracking.script_execution_s as s using (script_execution_hk)
                where h.full_name in ('shop.item', 'shop.later', 'shop.sale')
                order by h.change_timestamp desc, h.full_name
                limit 3
                """))
        .containsExactlyInAnyOrder(
            "shop.item DDL postgres alter table shop.item add column own integer",
            "shop.later DDL postgres create table shop.later (id integer)",
            "shop.sale DRIFT");
    assertThat(drift()).isEmpty();
  }

  @Test
  void objectsAreKnownByNameInARestoredDatabase() throws SQLException {
    String before = value("select id from pggit.objects where full_name = 'shop.item'");
    forgetTheIdentities();

    assertThat(drift()).isEmpty();
    assertThat(
            changesOf(
                "alter table shop.item rename column name to title",
                "drop table shop.sale",
                "create table shop.later (id integer)"))
        .containsExactly(
            "ALTER TABLE shop.item 2.0.0",
            "ALTER VIEW shop.items 1.0.1",
            "DROP TABLE shop.sale",
            "CREATE TABLE shop.later 1.0.0");
    assertThat(value("select id from pggit.objects where full_name = 'shop.item'"))
        .isEqualTo(before);
    assertRecordedAsItIs();
  }

  @Test
  void whatARestoredDatabaseLacksIsMissing() throws SQLException {
    run(
        "set session_replication_role = replica",
        "drop table shop.sale",
        "drop view shop.items",
        "create table shop.extra (id integer)",
        "reset session_replication_role");
    forgetTheIdentities();
    String before = now();
    run("alter table shop.item add column price numeric");

    assertThat(drift())
        .containsExactly(
            "EXTRA TABLE shop.extra", "MISSING TABLE shop.sale", "MISSING VIEW shop.items");
    assertThat(value("select pggit.adopt_drift()")).isEqualTo("3");

    assertThat(changesSince(before))
        .containsExactly(
            "ALTER TABLE shop.item 1.1.0",
            "CREATE TABLE shop.extra 1.0.0",
            "DROP TABLE shop.sale",
            "DROP VIEW shop.items");
    assertThat(drift()).isEmpty();
  }

  @Test
  void dependenciesThatAreRecordedOtherwiseThanPostgresHasThemAreNamed() throws SQLException {
    try (Connection owner = database.connect()) {
      Sql.execute(
          owner,
          "set role pgtrail_owner",
          "delete from pggit.dependencies where dependent_object = 'shop.items'"
              + " and dependency_object = 'shop.item'",
          "insert into pggit.dependencies (dependent_id, dependency_id, dependency_kind,"
              + " dependent_object, dependency_object)"
              + " select o.id, n.id, 'FOREIGN KEY', o.full_name, n.full_name"
              + " from pggit.objects as o, pggit.objects as n"
              + " where o.full_name = 'shop.sale' and n.full_name = 'shop.item'");
    }

    assertThat(drift())
        .containsExactly(
            "ORPHANED DEPENDENCY TABLE shop.sale {\"TABLE shop.item (foreign key)\"}",
            "MISSING DEPENDENCY VIEW shop.items {\"TABLE shop.item (normal)\"}");

    run("select pggit.adopt_drift()");

    assertThat(drift()).isEmpty();
  }

  @Test
  void dependenciesOfWhatIsGoneAreNamed() throws SQLException {
    try (Connection owner = database.connect()) {
      Sql.execute(
          owner,
          "set role pgtrail_owner",
          "update pggit.objects set is_active = false where full_name = 'shop.item'");
    }

    assertThat(drift())
        .containsExactly(
            "EXTRA TABLE shop.item",
            "ORPHANED DEPENDENCY TABLE shop.item {\"SCHEMA shop (normal)\"}",
            "ORPHANED DEPENDENCY VIEW shop.items {\"TABLE shop.item (normal)\"}");
  }

  @Test
  void onlyAnAdministratorAdoptsDrift() throws SQLException {
    Login reader = member("reader", "pgtrail_reader");
    Login ann = member("ann");
    Login admin = member("admin", "pgtrail_admin");

    try (Connection session = database.connectAs(ann)) {
      assertThat(Attempt.at(session, "select pggit.adopt_drift()").sqlState()).isEqualTo("PT002");
      assertThat(Attempt.at(session, "select * from pggit.verify_database_integrity()").sqlState())
          .isEqualTo(Attempt.NO_RIGHT);
    }
    try (Connection session = database.connectAs(reader)) {
      assertThat(Attempt.at(session, "select pggit.adopt_drift()").sqlState()).isEqualTo("PT002");
      assertThat(Attempt.at(session, "select * from pggit.verify_database_integrity()").sqlState())
          .isEqualTo(Attempt.DONE);
    }
    try (Connection session = database.connectAs(admin)) {
      assertThat(Attempt.at(session, "select pggit.adopt_drift()").value()).contains("0");
      Sql.execute(session, "begin read only");
      assertThat(Attempt.at(session, "select pggit.adopt_drift()").sqlState()).isEqualTo("PT007");
    }
  }

  /** What a dump does: the rows come with identities that mean nothing where they are restored. */
  private void forgetTheIdentities() throws SQLException {
    try (Connection owner = database.connect()) {
      Sql.execute(
          owner,
          "set role pgtrail_owner",
          "update pggit.objects set object_oid = (4000000000 - object_oid::bigint)::oid",
          "update pgtrail.versioning set objects_oid = 1");
    }
  }
}
