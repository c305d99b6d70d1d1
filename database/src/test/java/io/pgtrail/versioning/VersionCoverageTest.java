package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.testkit.Login;
import io.pgtrail.testkit.Sql;
import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class VersionCoverageTest extends InstalledDatabase {

  /** Where PostgreSQL keeps what: each catalog of any major, and the kinds that it tells of. */
  private static final String CATALOGS =
      """
      pg_aggregate: AGGREGATE
      pg_am: ACCESS METHOD
      pg_amop: OPERATOR FAMILY
      pg_amproc: OPERATOR FAMILY
      pg_attrdef: COLUMN
      pg_attribute: COLUMN
      pg_auth_members: MEMBERSHIP OF A ROLE
      pg_authid: ROLE
      pg_cast: CAST
      pg_class: TABLE, FOREIGN TABLE, INDEX, SEQUENCE, VIEW, MATERIALIZED VIEW, TEMPORARY OBJECT
      pg_collation: COLLATION
      pg_constraint: CONSTRAINT
      pg_conversion: CONVERSION
      pg_database: DATABASE
      pg_db_role_setting: SETTING OF A ROLE OR DATABASE
      pg_default_acl: DEFAULT PRIVILEGES
      pg_depend: MEMBER OF AN EXTENSION
      pg_description: COLUMN, CONSTRAINT
      pg_enum: TYPE
      pg_event_trigger: EVENT TRIGGER
      pg_extension: EXTENSION
      pg_foreign_data_wrapper: FOREIGN DATA WRAPPER
      pg_foreign_server: SERVER
      pg_foreign_table: FOREIGN TABLE
      pg_index: INDEX, CONSTRAINT
      pg_inherits: TABLE
      pg_init_privs: MEMBER OF AN EXTENSION
      pg_language: LANGUAGE
      pg_largeobject: LARGE OBJECT
      pg_largeobject_metadata: LARGE OBJECT
      pg_namespace: SCHEMA
      pg_opclass: OPERATOR CLASS
      pg_operator: OPERATOR
      pg_opfamily: OPERATOR FAMILY
      pg_parameter_acl: PRIVILEGE ON A PARAMETER
      pg_partitioned_table: TABLE
      pg_policy: POLICY
      pg_proc: FUNCTION, PROCEDURE, CONSTRUCTOR OF A RANGE
      pg_publication: PUBLICATION
      pg_publication_namespace: PUBLICATION
      pg_publication_rel: PUBLICATION
      pg_range: TYPE
      pg_replication_origin: REPLICATION ORIGIN
      pg_rewrite: RULE
      pg_seclabel: SECURITY LABEL
      pg_sequence: SEQUENCE
      pg_shdepend: ROLE
      pg_shdescription: DATABASE
      pg_shseclabel: SECURITY LABEL
      pg_statistic: STATISTICS
      pg_statistic_ext: STATISTICS
      pg_statistic_ext_data: STATISTICS
      pg_subscription: SUBSCRIPTION
      pg_subscription_rel: SUBSCRIPTION
      pg_tablespace: TABLESPACE
      pg_transform: TRANSFORM
      pg_trigger: TRIGGER, TRIGGER OF A CONSTRAINT
      pg_ts_config: TEXT SEARCH CONFIGURATION
      pg_ts_config_map: TEXT SEARCH CONFIGURATION
      pg_ts_dict: TEXT SEARCH DICTIONARY
      pg_ts_parser: TEXT SEARCH PARSER
      pg_ts_template: TEXT SEARCH TEMPLATE
      pg_type: TYPE, DOMAIN, BASE TYPE, ROW TYPE, ARRAY TYPE
      pg_user_mapping: USER MAPPING
      """;

  @Test
  void saysOfEveryCatalogWhetherWhatIsInItIsVersioned() throws Exception {
    Map<String, List<String>> catalogs =
        CATALOGS
            .lines()
            .map(line -> line.split(": "))
            .collect(Collectors.toMap(line -> line[0], line -> List.of(line[1].split(", "))));

    assertThat(
            strings(
                "select relname from pg_class where relnamespace = 'pg_catalog'::regnamespace"
                    + " and relkind = 'r'"))
        .isSubsetOf(catalogs.keySet());
    assertThat(strings("select object_type from pggit.coverage()"))
        .containsExactlyInAnyOrderElementsOf(
            catalogs.values().stream().flatMap(List::stream).collect(Collectors.toSet()));
  }

  private List<String> strings(String query) throws SQLException {
    return Sql.rows(connection, query).stream()
        .map(row -> String.valueOf(row.values().iterator().next()))
        .toList();
  }

  @Test
  void countsEveryVersionedObjectInExactlyOneKind() throws Exception {
    run(
        "create schema shop",
        "create table shop.item (id integer primary key, name text not null)",
        "create view shop.names as select name from shop.item",
        "create type shop.state as enum ('new')",
        "create domain shop.price as numeric check (value > 0)",
        "create aggregate shop.total (integer) (sfunc = int4pl, stype = integer)",
        "create publication changes for table shop.item",
        "create foreign data wrapper far",
        "create server away foreign data wrapper far",
        "create user mapping for public server away",
        "alter default privileges in schema shop grant select on tables to pg_monitor");

    assertThat(
            value(
                "select count(*) = count(distinct object_type) and sum(objects) filter (where versioned"
                    + " and object_type not in ('COLUMN', 'CONSTRAINT'))"
                    + " = (select count(*) from pgtrail.versioned_object) from pggit.coverage()"))
        .isEqualTo("t");
    assertThat(
            value(
                "select string_agg(object_type || ' ' || objects, ', ' order by object_type) from"
                    + " pggit.coverage() where object_type in ('TABLE', 'VIEW', 'AGGREGATE', 'DOMAIN', 'COLUMN',"
                    + " 'USER MAPPING', 'DEFAULT PRIVILEGES')"))
        .isEqualTo(
            "AGGREGATE 1, COLUMN 3, DEFAULT PRIVILEGES 1, DOMAIN 1, TABLE 1, USER MAPPING 1, VIEW 1");
  }

  @Test
  void tellsWhatIsNotVersioned() throws Exception {
    run(
        "create conversion backwards for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8",
        "create operator class public.odd for type integer using hash as operator 1 =, function 1 hashint4(integer)",
        "select lo_create(0)",
        "select pg_replication_origin_create('" + database.name() + "')",
        "create temporary table scratch (id integer)");
    String others = count("MEMBERSHIP OF A ROLE");
    String granted = count("PRIVILEGE ON A PARAMETER");
    Login keeper = member("keeper", "pg_monitor");
    boolean hasPrivileges = database.majorVersion() >= 15;
    if (hasPrivileges) {
      run("grant set on parameter log_statement to " + keeper.user());
    }

    assertThat(
            value(
                "select string_agg(object_type || ' ' || objects, ', ' order by object_type) from"
                    + " pggit.coverage() where not versioned and object_type in"
                    + " ('CONVERSION', 'OPERATOR CLASS', 'LARGE OBJECT', 'TEMPORARY OBJECT', 'SUBSCRIPTION')"))
        .isEqualTo(
            "CONVERSION 1, LARGE OBJECT 1, OPERATOR CLASS 1, SUBSCRIPTION 0, TEMPORARY OBJECT 1");
    assertThat(count("MEMBERSHIP OF A ROLE")).isEqualTo(oneMoreThan(others));
    assertThat(count("PRIVILEGE ON A PARAMETER"))
        .isEqualTo(hasPrivileges ? oneMoreThan(granted) : "0");
    assertThat(count("REPLICATION ORIGIN")).isEqualTo("1");
    run("select pg_replication_origin_drop('" + database.name() + "')");
  }

  @Test
  void countsWhatComesWithOtherObjects() throws Exception {
    run(
        "create type public.span as range (subtype = date)",
        "create table public.item (id integer primary key)",
        "create view public.items as select id from public.item",
        "create table public.sale (item integer references public.item)");

    assertThat(
            value(
                "select string_agg(object_type || ' ' || objects, ', ' order by object_type) from"
                    + " pggit.coverage() where object_type in ('ROW TYPE', 'ARRAY TYPE',"
                    + " 'CONSTRUCTOR OF A RANGE', 'TRIGGER OF A CONSTRAINT')"))
        // Of the range and its multirange each: two or three constructors, and an array of them.
        .isEqualTo("ARRAY TYPE 5, CONSTRUCTOR OF A RANGE 5, ROW TYPE 3, TRIGGER OF A CONSTRAINT 4");
  }

  /** Each of these changes a catalog; the remark of the kind must say that no version has it. */
  private static final String UNVERSIONED_DETAILS =
      """
      CONSTRAINT: those from a parent without comments: comment on constraint dear on shop.pen is 'x'
      CONSTRAINT: those from a parent without comments: comment on constraint costs on shop.sale_1 is 'x'
      CONSTRAINT: those of a partition without names: alter table shop.sale_1 rename constraint of_item to other
      INDEX: both without the extensions: alter index shop.sale_1_item_idx depends on extension citext
      INDEX: both without the extensions: alter index shop.item_pkey depends on extension citext
      INDEX: those of partitions as part of the one they are attached to, without names: alter index shop.sale_1_item_idx rename to other
      TRIGGER: without the extensions: alter trigger tell on shop.sale_1 depends on extension citext
      COLUMN: privileges on system columns: grant select (ctid) on shop.item to pg_monitor
      COLUMN: comments on them: comment on column shop.item.ctid is 'x'
      VIEW: _RETURN: comment on rule "_RETURN" on shop.items is 'x'
      MATERIALIZED VIEW: _RETURN: comment on rule "_RETURN" on shop.kept is 'x'
      MATERIALIZED VIEW: replica identity: alter table shop.kept replica identity full
      ROW TYPE: a comment: comment on type shop.item is 'x'
      ROW TYPE: privileges: grant usage on type shop.item to pg_monitor
      ARRAY TYPE: a comment: comment on type shop._span is 'x'
      CONSTRUCTOR OF A RANGE: function: grant execute on function shop.span(date, date) to pg_monitor
      CONSTRUCTOR OF A RANGE: function: alter function shop.span(date, date) rename to other
      TRIGGER OF A CONSTRAINT: disabled: alter table shop.item disable trigger all
      """;

  @Test
  void saysOfAKindWhatOfItHasNoVersions() throws Exception {
    run(
        "create schema shop",
        "create extension citext schema shop",
        "create type shop.span as range (subtype = date)",
        "create table shop.item (id integer primary key, price integer not null, constraint dear check (price > 9))",
        "create table shop.pen () inherits (shop.item)",
        "create view shop.items as select id from shop.item",
        "create materialized view shop.kept as select id from shop.item",
        "create table shop.sale (item integer constraint of_item references shop.item, day date,"
            + " constraint costs check (item > 0)) partition by range (day)",
        "create table shop.sale_1 partition of shop.sale default",
        "create index on shop.sale (item)",
        "create function shop.tell() returns trigger language plpgsql as 'begin return new; end'",
        "create trigger tell after insert on shop.sale for each row execute function shop.tell()");

    for (String detail : UNVERSIONED_DETAILS.lines().toList()) {
      assertUnversioned(detail.split(": ", 3));
    }
    if (database.majorVersion() < 18) {
      assertUnversioned(
          "COLUMN", "NOT NULL of its parent", "alter table shop.pen alter price drop not null");
    }
    if (database.majorVersion() < 17) {
      assertUnversioned(
          "TYPE",
          "of a multirange, its name and comment",
          "grant usage on type shop.span_multirange to pg_monitor");
    }
  }

  private void assertUnversioned(String... detail) throws SQLException {
    String changes = value("select count(*) from pggit.history");

    run(detail[2]);

    assertThat(value("select count(*) from pggit.history")).as(detail[2]).isEqualTo(changes);
    assertThat(value("select count(*) from pggit.verify_database_integrity()")).isEqualTo("0");
    assertThat(value("select remark from pggit.coverage() where object_type = '" + detail[0] + "'"))
        .contains(detail[1]);
  }

  private String count(String kind) throws SQLException {
    return value("select objects from pggit.coverage() where object_type = '" + kind + "'");
  }

  private static String oneMoreThan(String number) {
    return String.valueOf(Integer.parseInt(number) + 1);
  }

  @Test
  void isOpenToEveryone() throws Exception {
    try (Connection someone = database.connectAs(member("someone"))) {
      assertThat(Attempt.at(someone, "select * from pggit.coverage()").sqlState())
          .isEqualTo(Attempt.DONE);
    }
  }
}
