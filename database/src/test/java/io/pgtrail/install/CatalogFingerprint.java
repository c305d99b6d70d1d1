package io.pgtrail.install;

import io.pgtrail.testkit.Sql;
import io.pgtrail.testkit.TestDatabase;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All objects of a database with their owners and rights, without the numbers of the catalogs. */
final class CatalogFingerprint {

  private static final String QUERY =
      """
      select 'class' as kind, c.oid::regclass::text as name, c.relkind::text as detail,
          c.relowner::regrole::text as owner, (select array_agg(a::text order by a::text)::text from unnest(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's'::"char" else 'r' end, c.relowner))) as a) as acl
      from pg_class as c
      where c.relnamespace not in ('pg_toast'::regnamespace)
      union all
      select 'function', p.oid::regprocedure::text, md5(p.prosrc), p.proowner::regrole::text, (select array_agg(a::text order by a::text)::text from unnest(coalesce(p.proacl, acldefault('f', p.proowner))) as a)
      from pg_proc as p
      union all
      select 'type', t.oid::regtype::text, t.typtype::text, t.typowner::regrole::text, (select array_agg(a::text order by a::text)::text from unnest(coalesce(t.typacl, acldefault('T', t.typowner))) as a)
      from pg_type as t
      union all
      select 'schema', n.nspname, null, n.nspowner::regrole::text, (select array_agg(a::text order by a::text)::text from unnest(coalesce(n.nspacl, acldefault('n', n.nspowner))) as a)
      from pg_namespace as n
      where n.nspname !~ '^pg_(temp|toast_temp)_'
      union all
      select 'event trigger', e.evtname, e.evtfoid::regproc::text || ' ' || e.evtenabled::text, e.evtowner::regrole::text, null
      from pg_event_trigger as e
      union all
      select 'trigger', t.tgrelid::regclass::text || ' ' || t.tgname, pg_get_triggerdef(t.oid), null, null
      from pg_trigger as t
      where not t.tgisinternal
      union all
      select 'policy', p.polrelid::regclass::text || ' ' || p.polname, p.polcmd::text, null, null
      from pg_policy as p
      union all
      select 'default rights', d.defaclrole::regrole::text || ' ' || d.defaclnamespace::text, d.defaclobjtype::text, null, d.defaclacl::text
      from pg_default_acl as d
      union all
      select 'comment', i.type || ' ' || i.identity, d.description, null, null
      from pg_description as d
      cross join lateral pg_identify_object(d.classoid, d.objoid, d.objsubid) as i
      union all
      select 'extension', e.extname, e.extversion, e.extowner::regrole::text, null
      from pg_extension as e
      union all
      select 'database', null, null, d.datdba::regrole::text, (select array_agg(a::text order by a::text)::text from unnest(coalesce(d.datacl, acldefault('d', d.datdba))) as a)
      from pg_database as d
      where d.datname = current_database()
      union all
      select 'setting', s.setrole::text, s.setconfig::text, null, null
      from pg_db_role_setting as s
      where s.setdatabase = (select oid from pg_database where datname = current_database())
      order by 1, 2, 3, 4, 5
      """;

  private final List<String> objects;

  private CatalogFingerprint(List<String> objects) {
    this.objects = objects;
  }

  static CatalogFingerprint of(TestDatabase database) throws Exception {
    try (Connection connection = database.connect()) {
      Sql.execute(connection, "set search_path = pg_catalog");
      return new CatalogFingerprint(
          Sql.rows(connection, QUERY).stream().map(row -> row.values().toString()).toList());
    }
  }

  /** What this has and the other has not, and the other way round, as lines of a patch. */
  List<String> differencesTo(CatalogFingerprint other) {
    Set<String> ours = new LinkedHashSet<>(objects);
    Set<String> theirs = new LinkedHashSet<>(other.objects);
    List<String> differences = new ArrayList<>();
    ours.stream()
        .filter(object -> !theirs.contains(object))
        .map("+"::concat)
        .forEach(differences::add);
    theirs.stream()
        .filter(object -> !ours.contains(object))
        .map("-"::concat)
        .forEach(differences::add);
    return differences;
  }

  /** What the other has and this has not. */
  List<String> missingFrom(CatalogFingerprint other) {
    return differencesTo(other).stream().filter(line -> line.startsWith("-")).toList();
  }
}
