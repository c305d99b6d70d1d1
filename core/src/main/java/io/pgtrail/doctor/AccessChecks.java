package io.pgtrail.doctor;

import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Whose the objects are and who may do what. */
final class AccessChecks {

  private AccessChecks() {}

  static Check owner(Handle handle) {
    Map<String, Object> role =
        handle
            .createQuery(
                """
                select r.rolcanlogin as can_login, r.rolsuper as superuser
                from pg_roles as r
                where r.rolname = 'pgtrail_owner'
                """)
            .mapToMap()
            .findOne()
            .orElse(Map.of());
    if (role.isEmpty()) {
      return Check.fail("The role pgtrail_owner is missing", "Run: pgtrail install");
    }
    return role.containsValue(true)
        ? Check.fail(
            "The role pgtrail_owner can log in or is a superuser: it could rewrite the trail",
            "Have a superuser run: ALTER ROLE pgtrail_owner NOLOGIN NOSUPERUSER")
        : Check.ok("The role pgtrail_owner can neither log in nor is it a superuser");
  }

  /** Superusers need no membership; the owner of the event triggers has installed pgtrail. */
  static Check members(Handle handle) {
    List<String> members =
        handle
            .createQuery(
                """
                select quote_ident(r.rolname)
                from pg_roles as r
                where r.rolname <> 'pgtrail_owner'
                    and not r.rolsuper
                    and pg_has_role(r.oid, 'pgtrail_owner', 'member')
                    and r.oid not in (
                        select t.evtowner
                        from pg_event_trigger as t
                        where t.evtname = 'et_ddl_command_end'
                    )
                order by 1
                """)
            .mapTo(String.class)
            .list();
    return members.isEmpty()
        ? Check.ok("Nobody is a member of pgtrail_owner but who installed pgtrail")
        : Check.fail(
            "Members of the role pgtrail_owner can rewrite the trail: "
                + String.join(", ", members),
            "Have a superuser run, for each that is a member itself: REVOKE pgtrail_owner FROM name");
  }

  static Check objects(Handle handle) {
    List<String> foreign =
        handle
            .createQuery(
                """
                select format('%s', c.oid::regclass)
                from pg_class as c
                where c.relnamespace in ('script_tracking'::regnamespace, 'pggit'::regnamespace, 'pgtrail'::regnamespace)
                    and c.relkind in ('r', 'v')
                    -- The second reads, for its superuser, what only one may; without the secrets.
                    and c.relname not in ('installed_step', 'user_mapping_option')
                    and pg_get_userbyid(c.relowner) <> 'pgtrail_owner'
                union all
                select format('%s', p.oid::regprocedure)
                from pg_proc as p
                where p.pronamespace in ('script_tracking'::regnamespace, 'pggit'::regnamespace, 'pgtrail'::regnamespace)
                    and pg_get_userbyid(p.proowner) <> 'pgtrail_owner'
                order by 1
                """)
            .mapTo(String.class)
            .list();
    return foreign.isEmpty()
        ? Check.ok("Everything in the schemas of pgtrail belongs to pgtrail_owner")
        : Check.warn(
            "Not everything in our schemas belongs to pgtrail_owner: " + String.join(", ", foreign),
            "Find out who made it; give it to pgtrail_owner or move it to another schema");
  }

  static Check functions(Handle handle) {
    List<String> wrong =
        handle
            .createQuery(
                """
                with ours as (
                    select p.oid, p.prosecdef, p.proconfig
                    from pg_proc as p
                    where p.pronamespace in ('script_tracking'::regnamespace, 'pgtrail'::regnamespace)
                )
                select format('%s has no fixed search_path', o.oid::regprocedure)
                from ours as o
                where o.prosecdef and not exists (
                    select from unnest(o.proconfig) as c where c like 'search_path=%')
                union all
                select format('%s cannot be called by everyone', o.oid::regprocedure)
                from ours as o
                where o.oid in (
                        'script_tracking.track_operation(varchar,varchar)'::regprocedure,
                        'script_tracking.complete_operation(bytea,boolean,text)'::regprocedure)
                    and not has_function_privilege('public', o.oid, 'execute')
                order by 1
                """)
            .mapTo(String.class)
            .list();
    return wrong.isEmpty()
        ? Check.ok("Functions have their rights and a fixed search_path")
        : Check.fail(
            "Functions were changed: " + String.join(", ", wrong),
            "Run: pgtrail uninstall, then pgtrail install (the trail is kept)");
  }

  static Check reading(Handle handle) {
    return handle
        .createQuery(
            """
            select
                pg_has_role(current_user, 'pgtrail_auditor', 'usage') as all_tenants,
                pg_has_role(current_user, 'pgtrail_reader', 'usage') as own_tenant,
                quote_ident(current_user) as me
            """)
        .map(
            (row, context) -> {
              if (row.getBoolean("all_tenants")) {
                return Check.ok("The role " + row.getString("me") + " reads the whole trail");
              }
              return row.getBoolean("own_tenant")
                  ? Check.ok("The role " + row.getString("me") + " reads the trail of its tenant")
                  : Check.warn(
                      "The role " + row.getString("me") + " reads only what it recorded itself",
                      "Have an administrator run: GRANT pgtrail_reader TO " + row.getString("me"));
            })
        .one();
  }
}
