set local role pgtrail_owner;

create or replace function pgtrail.task_lock(p_task text)
    returns bigint
    language sql
    immutable
    parallel safe
    set search_path = pg_catalog, pg_temp
return hashtextextended('pgtrail task ' || p_task, 0);
comment on function pgtrail.task_lock(text) is
    'Key of the advisory lock that the session holds which runs a task.';

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
    -- On a standby there is nothing to do; another session that holds the lock is at it.
    if pgtrail.is_read_only() or not pg_try_advisory_lock(pgtrail.task_lock(p_task)) then
        return;
    end if;
    update pgtrail.task as t
    set started_at = clock_timestamp(), every = p_every
    where t.task = p_task
        -- Not so where the clock was set back.
        and (t.started_at between clock_timestamp() - p_every and clock_timestamp()) is not true;
    begins := found;
    if not begins then
        select t.started_at + p_every - clock_timestamp()
        into wait
        from pgtrail.task as t
        where t.task = p_task;
        perform pg_advisory_unlock(pgtrail.task_lock(p_task));
    end if;
end
$function$;
comment on function pgtrail.begin_task(text, interval) is
    'Begins a task if it is due and no other session is at it: then this session holds its lock until finish_task(), or until it ends. Else says when to ask again. For pgtrail_server.';

create or replace function pgtrail.finish_task(p_task text, p_succeeded boolean, p_detail text)
    returns void
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
begin
    perform pgtrail.require_maintainer('run a task');
    update pgtrail.task as t
    set finished_at = clock_timestamp(),
        outcome = case when p_succeeded then 'DONE' else 'FAILED' end,
        detail = left(p_detail, 1000)
    where t.task = p_task;
    perform pg_advisory_unlock(pgtrail.task_lock(p_task));
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
            when l.is_held then 'RUNNING'
            when t.finished_at >= t.started_at then t.outcome
            else 'INTERRUPTED'
        end,
        t.detail, t.started_at, t.finished_at,
        t.started_at + t.every,
        coalesce(now() > t.started_at + t.every + greatest(t.every, interval '1 minute'), false)
    from pgtrail.task as t,
        lateral (
            select exists (
                select
                from pg_locks as k
                where k.locktype = 'advisory'
                    and k.database = (select d.oid from pg_database as d where d.datname = current_database())
                    and (k.classid::bigint << 32) | k.objid::bigint = pgtrail.task_lock(t.task)
                    and k.objsubid = 1
                    and k.granted
            ) as is_held
        ) as l
    order by t.place
$function$;
comment on function script_tracking.get_tasks() is
    'What the servers of pgtrail do in this database from time to time. Status of the last run: NEVER, RUNNING, DONE, FAILED, or INTERRUPTED where its server went away; details: what it did, or why it failed. is_late: its time has long passed, no server is there or something holds it up. For pgtrail_reader.';
