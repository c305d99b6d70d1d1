set local role pgtrail_owner;

create or replace function pgtrail.feed_base()
    returns bigint
    language plpgsql
    stable
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    stored bigint;
begin
    select max(o.base)
    into stored
    from pgtrail.feed_origin as o
    where o.cluster = (select c.system_identifier from pg_control_system() as c)
        and o.trail = 'script_tracking.script_execution_s'::regclass;
    -- All versions that are here came with a dump: whoever writes another stores the base first, and so
    -- everyone who sees none stored finds the same. Versions that a consumer has read may be gone already.
    return coalesce(
        stored,
        (
            select coalesce(max(v.recorded_xid::text::bigint) + 1, 0)
            from (
                (select s.recorded_xid from script_tracking.script_execution_s as s order by 1 desc limit 1)
                union all
                (select h.recorded_xid from script_tracking.script_execution_s_history as h order by 1 desc limit 1)
                union all
                select (c."position").recorded_xid from pgtrail.feed_consumer as c
                union all
                (select c.recorded_xid from pggit.commit as c order by 1 desc limit 1)
            ) as v
        )
    );
end
$function$;
comment on function pgtrail.feed_base() is
    'What is added to a transaction id of this cluster to give a place in the feed: 0 where the trail began, and beyond all versions that were restored where it was restored.';

create or replace function pgtrail.store_feed_base()
    returns bigint
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    insert into pgtrail.feed_origin (cluster, trail, base)
    select c.system_identifier, 'script_tracking.script_execution_s'::regclass, pgtrail.feed_base()
    from pg_control_system() as c
    where not exists (
        select
        from pgtrail.feed_origin as o
        where o.cluster = c.system_identifier
            and o.trail = 'script_tracking.script_execution_s'::regclass
    );
    return pgtrail.feed_base();
end
$function$;
comment on function pgtrail.store_feed_base() is
    'As feed_base(), remembered: before the first version is written after a restore.';

-- The functions of the hot path are made with the identity of the anchor in them, a type without any
-- other purpose. Where that is the anchor they look at, PostgreSQL folds the comparison away when it
-- plans and nothing is left but the transaction id. In a restored database it is another one, and they
-- look the base up. A new anchor each time: the identity it had when it was restored might come again,
-- in the next cluster that is made in the same way.
create or replace function pgtrail.anchor_feed()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $function$
declare
    base bigint;
    here text;
    anchored text;
    body constant text := $body$
create or replace function pgtrail.%s()
    returns xid8
    language sql
    volatile
return case when %s then %s else (%s::text::bigint + pgtrail.%s())::text::xid8 end
$body$;
begin
    if to_regprocedure('pgtrail.feed_is_anchored()') is not null then
        if pgtrail.feed_is_anchored() then
            -- Whoever is writing now uses this base, also where pg_upgrade gave the cluster a new name.
            base := pgtrail.feed_horizon()::text::bigint - pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
            insert into pgtrail.feed_origin (cluster, trail, base)
            select c.system_identifier, 'script_tracking.script_execution_s'::regclass, base
            from pg_control_system() as c
            where not exists (
                select
                from pgtrail.feed_origin as o
                where o.cluster = c.system_identifier
                    and o.trail = 'script_tracking.script_execution_s'::regclass
            );
        else
            raise notice 'the trail was restored from a dump: its feed goes on with the transactions of this server';
        end if;
    end if;
    base := coalesce(base, pgtrail.store_feed_base());
    here := case base when 0 then '%s' else '(%s::text::bigint + ' || base || ')::text::xid8' end;
    if to_regtype('pgtrail.feed_anchor') is not null then
        alter type pgtrail.feed_anchor rename to former_feed_anchor;
    end if;
    create type pgtrail.feed_anchor as ();
    comment on type pgtrail.feed_anchor is
        'Its identity tells that the trail was not restored since anchor_feed() was called.';
    anchored := format($condition$'pgtrail.feed_anchor'::regtype::oid = %s::oid$condition$,
        'pgtrail.feed_anchor'::regtype::oid);

    execute format(body, 'current_place', anchored, format(here, 'pg_current_xact_id()'),
        'pg_current_xact_id()', 'store_feed_base');
    execute format(body, 'feed_horizon', anchored, format(here, 'pg_snapshot_xmin(pg_current_snapshot())'),
        'pg_snapshot_xmin(pg_current_snapshot())', 'feed_base');
    execute format(
        'create or replace function pgtrail.feed_is_anchored() returns boolean language sql stable return %s',
        anchored);
    drop type if exists pgtrail.former_feed_anchor;
    comment on function pgtrail.current_place() is
        'Place in the feed of what this transaction writes. Made by anchor_feed().';
    comment on function pgtrail.feed_horizon() is
        'Everything before this place in the feed is committed, and nothing will be added there. Made by anchor_feed().';
    comment on function pgtrail.feed_is_anchored() is
        'False in a database that was restored from a dump, until the next upgrade: all goes on, a little slower. Made by anchor_feed().';
end
$function$;
comment on function pgtrail.anchor_feed() is
    'Makes current_place() and feed_horizon() for the trail of this very database; again after each restore.';

do $anchor$
begin
    perform pgtrail.anchor_feed();
end
$anchor$;

create or replace function pgtrail.read_versions(p_after pgtrail.feed_cursor, p_max_rows integer)
    returns setof script_tracking.script_execution_s
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
declare
    horizon constant xid8 := pgtrail.feed_horizon();
    after_xid constant xid8 := coalesce((p_after).recorded_xid, '0');
    after_hk constant bytea := coalesce((p_after).script_execution_hk, '');
    after_version constant bigint := coalesce((p_after).version_number, 0);
begin
    if p_max_rows is null or p_max_rows < 0 then
        raise exception using
            errcode = 'PT001',
            message = format('%s is not a number of rows', coalesce(p_max_rows::text, 'NULL')),
            hint = 'Give 0 or more.';
    end if;
    return query
        select v.*
        from (
            (
                select s.*
                from script_tracking.script_execution_s as s
                where s.recorded_xid >= after_xid
                    and s.recorded_xid < horizon
                    and (s.recorded_xid, s.script_execution_hk, s.version_number)
                        > (after_xid, after_hk, after_version)
                order by s.recorded_xid, s.script_execution_hk, s.version_number
                limit p_max_rows
            )
            union all
            (
                select h.*
                from script_tracking.script_execution_s_history as h
                where h.recorded_xid >= after_xid
                    and h.recorded_xid < horizon
                    and (h.recorded_xid, h.script_execution_hk, h.version_number)
                        > (after_xid, after_hk, after_version)
                order by h.recorded_xid, h.script_execution_hk, h.version_number
                limit p_max_rows
            )
        ) as v
        order by v.recorded_xid, v.script_execution_hk, v.version_number
        limit p_max_rows;
end
$function$;
comment on function pgtrail.read_versions(pgtrail.feed_cursor, integer) is
    'The feed: the next versions after a place, in its order, as far as the caller may read them. Every committed version comes once, those of one operation in their order. A transaction that is still writing holds back all that came after it. Raises PT001 for NULL or negative rows.';
