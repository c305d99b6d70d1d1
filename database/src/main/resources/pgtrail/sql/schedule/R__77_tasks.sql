set local role pgtrail_owner;

-- Anybody may take any advisory lock, and see which are held. So each run has a key of its own, which nobody knows
-- before it is taken, and the lock counts only while a session of the role holds it that began the run.
create or replace function pgtrail.is_running(p_run_lock bigint, p_run_by name)
    returns boolean
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select exists (
        select
        from pg_locks as l
        join pg_stat_activity as a on a.pid = l.pid
        where l.locktype = 'advisory'
            and l.database = (select d.oid from pg_database as d where d.datname = current_database())
            and (l.classid::bigint << 32) | l.objid::bigint = p_run_lock
            and l.objsubid = 1
            and l.granted
            and a.usename = p_run_by
    )
$function$;
comment on function pgtrail.is_running(bigint, name) is
    'Whether a session of this role holds the lock of a run of a task.';

create or replace function pgtrail.begin_task(
    p_task text,
    p_every interval,
    out begins boolean,
    out wait interval
)
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    key constant bigint := ('x' || left(replace(gen_random_uuid()::text, '-', ''), 16))::bit(64)::bigint;
    last_run pgtrail.task;
begin
    perform pgtrail.require_maintainer('run a task');
    if p_every is null or p_every <= interval '0'
        or not exists (select from pgtrail.task as t where t.task = p_task)
    then
        raise exception using
            errcode = 'PT001',
            message = format('there is no task %L to run every %L', p_task, p_every);
    end if;
    begins := false;
    wait := p_every;
    -- On a standby there is nothing to do.
    if pgtrail.is_read_only() then
        return;
    end if;
    -- Another session that is about to begin it has its row.
    select t.* into last_run from pgtrail.task as t where t.task = p_task for update skip locked;
    if not found or pgtrail.is_running(last_run.run_lock, last_run.run_by) then
        return;
    end if;
    -- Not so where the clock was set back.
    if last_run.started_at between clock_timestamp() - p_every and clock_timestamp() then
        wait := last_run.started_at + p_every - clock_timestamp();
    elsif pg_try_advisory_lock(key) then
        update pgtrail.task as t
        set started_at = clock_timestamp(), every = p_every, run_lock = key, run_by = session_user
        where t.task = p_task;
        begins := true;
    end if;
end
$function$;
comment on function pgtrail.begin_task(text, interval) is
    'Begins a task if it is due and no other session is at it: then this session holds the lock of this run until finish_task(), or until it ends. Else says when to ask again. For pgtrail_server.';

create or replace function pgtrail.finish_task(p_task text, p_succeeded boolean, p_detail text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    held bigint;
begin
    perform pgtrail.require_maintainer('run a task');
    update pgtrail.task as t
    set finished_at = clock_timestamp(),
        outcome = case when p_succeeded then 'DONE' else 'FAILED' end,
        detail = left(p_detail, 1000)
    where t.task = p_task
    returning t.run_lock into held;
    perform pg_advisory_unlock(held);
end
$function$;
comment on function pgtrail.finish_task(text, boolean, text) is
    'Ends a task that begin_task() began in this session. For pgtrail_server.';

create or replace function script_tracking.get_tasks()
    returns table (
        task text,
        status text,
        details text,
        started_at timestamptz,
        finished_at timestamptz,
        next_at timestamptz,
        is_late boolean
    )
    language sql
    stable
    set search_path = pg_catalog, pg_temp
as $function$
    select
        t.task,
        case
            when t.started_at is null then 'NEVER'
            when pgtrail.is_running(t.run_lock, t.run_by) then 'RUNNING'
            when t.finished_at >= t.started_at then t.outcome
            else 'INTERRUPTED'
        end,
        t.detail, t.started_at, t.finished_at,
        t.started_at + t.every,
        coalesce(now() > t.started_at + t.every + greatest(t.every, interval '1 minute'), false)
    from pgtrail.task as t
    order by t.place
$function$;
comment on function script_tracking.get_tasks() is
    'What the servers of pgtrail do in this database from time to time. Status of the last run: NEVER, RUNNING, DONE, FAILED, or INTERRUPTED where its server went away; details: what it did, or why it failed. is_late: its time has long passed, no server is there or something holds it up. For pgtrail_reader.';
