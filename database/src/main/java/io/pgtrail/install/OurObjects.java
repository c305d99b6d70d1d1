package io.pgtrail.install;

/**
 * Queries that list what pgtrail made in a database, each row as DROP names it. Ours is what {@code
 * pgtrail_owner} owns in our schemas, and what we noted to have made elsewhere: never a name alone.
 */
final class OurObjects {

  static final String EVENT_TRIGGERS =
      """
      select pg_catalog.format('event trigger %I', t.evtname)
      from pg_catalog.pg_event_trigger as t
      join pg_catalog.pg_proc as p on p.oid = t.evtfoid
      where p.pronamespace = 'script_tracking'::pg_catalog.regnamespace
          and p.proowner = 'pgtrail_owner'::pg_catalog.regrole
      order by t.evtname
      """;

  static final String POLICIES =
      """
      select pg_catalog.format('policy %I on %s', p.polname, p.polrelid::pg_catalog.regclass)
      from pg_catalog.pg_policy as p
      join pg_catalog.pg_class as c on c.oid = p.polrelid
      where c.relnamespace in (
              'script_tracking'::pg_catalog.regnamespace, 'pggit'::pg_catalog.regnamespace,
              'pgtrail'::pg_catalog.regnamespace)
          and c.relowner = 'pgtrail_owner'::pg_catalog.regrole
      order by 1
      """;

  static final String TRIGGERS =
      """
      select pg_catalog.format('trigger %I on %s', t.tgname, t.tgrelid::pg_catalog.regclass)
      from pg_catalog.pg_trigger as t
      join pg_catalog.pg_proc as f on f.oid = t.tgfoid
      where f.pronamespace = 'pgtrail'::pg_catalog.regnamespace
          and not t.tgisinternal
      order by 1
      """;

  /**
   * Noted as made by us and still owned by our owner: the host may have put its own in their place.
   */
  static final String HELPERS =
      """
      select 'function ' || c.object_identity
      from pgtrail.created_outside as c
      join pg_catalog.pg_proc as p on p.oid = pg_catalog.to_regprocedure(c.object_identity)
      where c.object_kind = 'function'
          and p.proowner = 'pgtrail_owner'::pg_catalog.regrole
      order by 1
      """;

  /** Without those that the tables call in their defaults, which go after the tables. */
  static final String OUTSIDE_FUNCTIONS =
      """
      select o.object
      from (%s) as o (object)
      where o.object not in (
          'function util.current_load_date()', 'function util.hash_binary(text)')
      """
          .formatted(HELPERS);

  /**
   * Functions with an SQL-standard body hold on to what they call: those that need a view of ours
   * go before it. To be dropped in one statement.
   */
  static final String FUNCTIONS_ON_VIEWS =
      """
      with recursive dependent (class, object) as (
          select 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid
          from pg_catalog.pg_class as c
          where c.relnamespace in (
              'script_tracking'::pg_catalog.regnamespace, 'pggit'::pg_catalog.regnamespace,
              'pgtrail'::pg_catalog.regnamespace)
              and c.relkind = 'v'
          union
          select d.classid, d.objid
          from dependent as n
          join pg_catalog.pg_depend as d on d.refclassid = n.class and d.refobjid = n.object
          where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
      )
      select p.oid::pg_catalog.regprocedure::text
      from dependent as d
      join pg_catalog.pg_proc as p on p.oid = d.object
      where d.class = 'pg_catalog.pg_proc'::pg_catalog.regclass
          and p.proowner = 'pgtrail_owner'::pg_catalog.regrole
      order by 1
      """;

  /** Those made last first, as views stand on views. One belongs to whoever installed. */
  static final String VIEWS =
      """
      select pg_catalog.format('view %s', c.oid::pg_catalog.regclass)
      from pg_catalog.pg_class as c
      where c.relnamespace in (
              'script_tracking'::pg_catalog.regnamespace, 'pggit'::pg_catalog.regnamespace,
              'pgtrail'::pg_catalog.regnamespace)
          and (
              c.relowner = 'pgtrail_owner'::pg_catalog.regrole
              or c.oid = pg_catalog.to_regclass('pgtrail.user_mapping_option'))
          and c.relkind = 'v'
      order by c.oid desc
      """;

  /** To be dropped in one statement: those with an SQL-standard body hold on to each other. */
  static final String FUNCTIONS =
      """
      select p.oid::pg_catalog.regprocedure::text
      from pg_catalog.pg_proc as p
      where p.pronamespace in (
              'script_tracking'::pg_catalog.regnamespace, 'pggit'::pg_catalog.regnamespace,
              'pgtrail'::pg_catalog.regnamespace)
          and p.proowner = 'pgtrail_owner'::pg_catalog.regrole
      order by 1
      """;

  /**
   * Without the record of what else is ours, which is needed until the end. Those made last first:
   * a foreign key refers to what was there before it.
   */
  static final String TABLES =
      """
      select pg_catalog.format('table %s', c.oid::pg_catalog.regclass)
      from pg_catalog.pg_class as c
      where c.relnamespace in (
              'script_tracking'::pg_catalog.regnamespace, 'pggit'::pg_catalog.regnamespace,
              'pgtrail'::pg_catalog.regnamespace)
          and c.relowner = 'pgtrail_owner'::pg_catalog.regrole
          and c.relkind = 'r'
          and c.relname <> 'created_outside'
      order by c.oid desc
      """;

  /** Without the row types of tables and views. */
  static final String TYPES =
      """
      select pg_catalog.format('type %s', c.oid::pg_catalog.regclass)
      from pg_catalog.pg_class as c
      where c.relnamespace in (
              'script_tracking'::pg_catalog.regnamespace, 'pggit'::pg_catalog.regnamespace,
              'pgtrail'::pg_catalog.regnamespace)
          and c.relowner = 'pgtrail_owner'::pg_catalog.regrole
          and c.relkind = 'c'
      order by c.oid desc
      """;

  static final String ROLES_NEEDED_ELSEWHERE =
      """
      select exists (
          select
          from pg_catalog.pg_shdepend as d
          where d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
              and d.refobjid in (
                  select r.oid from pg_catalog.pg_roles as r where r.rolname in (
                      'pgtrail_owner', 'pgtrail_admin', 'pgtrail_auditor', 'pgtrail_reader',
                      'pgtrail_writer', 'pgtrail_server'))
              -- memberships among themselves go with them
              and d.classid <> 'pg_catalog.pg_auth_members'::pg_catalog.regclass
      )
      """;

  private OurObjects() {}
}
