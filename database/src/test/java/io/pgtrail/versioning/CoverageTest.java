package io.pgtrail.versioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtrail.tracking.Attempt;
import io.pgtrail.tracking.InstalledDatabase;
import java.sql.Connection;
import org.junit.jupiter.api.Test;

final class CoverageTest extends InstalledDatabase {

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
        "create temporary table scratch (id integer)");

    assertThat(
            value(
                "select string_agg(object_type || ' ' || objects, ', ' order by object_type) from"
                    + " pggit.coverage() where not versioned and object_type in"
                    + " ('CONVERSION', 'OPERATOR CLASS', 'LARGE OBJECT', 'TEMPORARY OBJECT', 'SUBSCRIPTION')"))
        .isEqualTo(
            "CONVERSION 1, LARGE OBJECT 1, OPERATOR CLASS 1, SUBSCRIPTION 0, TEMPORARY OBJECT 1");
  }

  @Test
  void isOpenToEveryone() throws Exception {
    try (Connection someone = database.connectAs(member("someone"))) {
      assertThat(Attempt.at(someone, "select * from pggit.coverage()").sqlState())
          .isEqualTo(Attempt.DONE);
    }
  }
}
