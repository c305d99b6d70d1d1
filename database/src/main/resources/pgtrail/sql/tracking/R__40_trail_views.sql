set local role pgtrail_owner;

-- A view reads with the rights of its owner, whom row-level security does not bind (security_invoker
-- exists from PostgreSQL 15 on only): so it carries the condition of the readers policy itself.
do $versions$
begin
    execute pg_catalog.format($view$
create or replace view script_tracking.script_execution_s_versions
    with (security_barrier = true)
as
select v.*
from (
    select s.* from script_tracking.script_execution_s as s
    union all
    select h.* from script_tracking.script_execution_s_history as h
) as v
where %s
$view$, pgtrail.readers_condition());
end
$versions$;
comment on view script_tracking.script_execution_s_versions is
    'Every version of every operation: the current one (load_end_date is NULL) and the superseded ones.';

create or replace function script_tracking.script_execution_as_of(p_at timestamptz)
    returns setof script_tracking.script_execution_s_versions
    language sql
    stable
begin atomic
    select distinct on (v.script_execution_hk) v.*
    from script_tracking.script_execution_s_versions as v
    where v.load_date <= p_at
        and (v.load_end_date is null or v.load_end_date > p_at)
    order by v.script_execution_hk, v.version_number desc;
end;
comment on function script_tracking.script_execution_as_of(timestamptz) is
    'Each operation as it stood at a moment; operations that began later are absent. NULL gives no rows.';
