-- Gives all groups of objects the history that the group g00000 has, their names in it, as if every change had
-- been made by itself, evenly over the hundred days before now.
set local role pgtrail_owner;

create temp table sample on commit drop as
    select h.*, dense_rank() over (order by h.change_timestamp) - 1 as round
    from pggit.history as h
    -- Its first commit is that which created it.
    where h.full_name ~ '_g00000' and h.change_type <> 'CREATE';

create temp table counterpart on commit drop as
    select s.id as sample_id, o.id, o.object_oid, substring(o.full_name from '_(g\d{5})') as token
    from pggit.objects as s
    join pggit.objects as o
        on o.object_type = s.object_type
        and regexp_replace(o.full_name, '_g\d{5}', '_g00000', 'g') = s.full_name
    where s.full_name ~ '_g00000' and o.id <> s.id;
create index on counterpart (token, sample_id);
analyze sample, counterpart;

create temp table moment on commit drop as
    select
        gen_random_uuid() as commit_id, g.token, r.round,
        now() - interval '100 days' * (1 - (row_number() over (order by r.round, g.token) - 0.5) / count(*) over ())
            as committed_at,
        row_number() over (order by r.round, g.token) as place
    from (select distinct c.token from counterpart as c) as g
    cross join (select distinct s.round from sample as s) as r;

insert into pggit.commit (commit_id, committed_at, author, recorded_xid)
-- Behind all that this server will ever count.
select m.commit_id, m.committed_at, 'postgres', ((1::bigint << 50) + m.place)::text::xid8
from moment as m;

insert into pggit.history (
    object_id, change_timestamp, change_type, change_severity, changed_by, object_type, full_name,
    full_name_before, version_before, version_after, definition_before, definition_after,
    ddl_before, ddl_after, depends_on_before, object_oid_before, commit_id, script_execution_hk)
select
    c.id, m.committed_at, s.change_type, s.change_severity, s.changed_by, s.object_type,
    replace(s.full_name, 'g00000', c.token), replace(s.full_name_before, 'g00000', c.token),
    s.version_before, s.version_after,
    replace(s.definition_before::text, 'g00000', c.token)::jsonb,
    replace(s.definition_after::text, 'g00000', c.token)::jsonb,
    replace(s.ddl_before, 'g00000', c.token), replace(s.ddl_after, 'g00000', c.token),
    array(
        select coalesce(n.id, d.id)
        from unnest(s.depends_on_before) as d (id)
        left join counterpart as n on n.sample_id = d.id and n.token = c.token
    ),
    c.object_oid, m.commit_id, s.script_execution_hk
from sample as s
join counterpart as c on c.sample_id = s.object_id
join moment as m on m.token = c.token and m.round = s.round;

-- As they are since their last change. They are made so, too, or they would be drift.
update pggit.objects as o
set version = s.version, version_major = s.version_major, version_minor = s.version_minor, version_patch = s.version_patch,
    changed_at = m.committed_at
from counterpart as c
join pggit.objects as s on s.id = c.sample_id
join (select m.token, max(m.committed_at) as committed_at from moment as m group by m.token) as m on m.token = c.token
where o.id = c.id;
update pgtrail.versioning set known_since = now() - interval '101 days';
