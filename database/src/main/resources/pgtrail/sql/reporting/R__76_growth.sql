set local role pgtrail_owner;

create or replace function script_tracking.get_growth_forecast(p_days integer default 30)
    returns table (
        day date,
        kind varchar(20),
        operations bigint,
        growth_mb numeric(15, 2),
        size_mb numeric(15, 2),
        size_low_mb numeric(15, 2),
        size_high_mb numeric(15, 2),
        note text
    )
    language plpgsql
    stable
    set search_path = pg_catalog, pg_temp
    set timezone = 'UTC'
    set jit = off
as $function$
#variable_conflict use_column
declare
    enough_days constant integer := 7;
    today constant date := now()::date;
    first_day constant timestamptz := today::timestamptz - pgtrail.span(p_days, 'days');
    operation_mb constant numeric := coalesce(pgtrail.bytes_per_operation(), 0) / 1048576;
    trail_mb constant numeric := pgtrail.trail_bytes() / 1048576.0;
begin
    return query
    with counted as (
        select least(a.hour::date, today) as day, sum(a.operations) as operations
        from pgtrail.activity(first_day, 'infinity') as a
        group by least(a.hour::date, today)
        having sum(a.operations) > 0
    ),
    -- From the first day with activity on, those without count as zero.
    measured as (
        select
            d.day::date as day, d.day::date - today as place, coalesce(c.operations, 0) as operations
        from generate_series(
            coalesce((select min(c.day) from counted as c), today)::timestamp, today::timestamp, interval '1 day') as d (day)
        left join counted as c on c.day = d.day::date
    ),
    line as (
        select
            count(*) as days,
            coalesce(regr_slope(m.operations, m.place), 0) as slope,
            regr_intercept(m.operations, m.place) as intercept,
            avg(m.place) as middle,
            regr_sxx(m.operations, m.place) as sxx,
            sqrt(greatest(regr_syy(m.operations, m.place)
                - regr_sxy(m.operations, m.place) ^ 2 / nullif(regr_sxx(m.operations, m.place), 0), 0)
                / nullif(count(*) - 2, 0)) as noise,
            -- Student's t for 95 %, to three digits from five degrees of freedom on.
            1.95996 + 2.37227 / nullif(count(*) - 2, 0) + 2.8225 / nullif(count(*) - 2, 0) ^ 2
                + 2.5558 / nullif(count(*) - 2, 0) ^ 3 + 1.5895 / nullif(count(*) - 2, 0) ^ 4 as t
        from measured as m
        where m.day < today
    ),
    base as (
        select case
            when pgtrail.reads_all() then trail_mb
            else coalesce(sum(m.operations), 0) * operation_mb
        end as mb
        from measured as m
    ),
    projected as (
        select
            p.place,
            l.days,
            l.intercept + l.slope * p.place as operations,
            -- Of the sum over the days up to this one, with today's rest left out.
            sum(greatest(l.intercept + l.slope * p.place, 0)) over (order by p.place) as total,
            l.t * l.noise * sqrt(
                p.place + p.place::double precision ^ 2 / l.days
                + (p.place * ((p.place + 1) / 2.0 - l.middle))::double precision ^ 2 / l.sxx) as margin
        from line as l
        cross join lateral generate_series(1, least(p_days, l.days)) as p (place)
        where l.days >= enough_days
    )
    select
        m.day, 'MEASURED'::varchar, m.operations::bigint,
        pgtrail.metric(m.operations * operation_mb),
        pgtrail.metric(greatest(b.mb - coalesce(sum(m.operations) over later, 0) * operation_mb, 0)),
        null::numeric, null::numeric,
        case
            when m.day < today then 'a whole day'
            when l.days >= enough_days then 'today, not over yet'
            else format('today, not over yet; too little history to project: %s whole days of %s', l.days, enough_days)
        end
    from measured as m, base as b, line as l
    window later as (order by m.day desc rows between unbounded preceding and current row exclude current row)
    union all
    select
        today + p.place::integer, 'PROJECTED',
        greatest(p.operations, 0)::bigint,
        pgtrail.metric((greatest(p.operations, 0) * operation_mb::double precision)::numeric),
        pgtrail.metric((b.mb + p.total * operation_mb::double precision)::numeric),
        pgtrail.metric((b.mb + greatest(p.total - p.margin, 0) * operation_mb::double precision)::numeric),
        pgtrail.metric((b.mb + (p.total + p.margin) * operation_mb::double precision)::numeric),
        format('a straight line through %s whole days', p.days)
    from projected as p, base as b
    order by 1;
end
$function$;
comment on function script_tracking.get_growth_forecast(integer) is
    'Growth of the trail on each of so many days before today, and the projected size for as many days ahead as were measured, at most so many, with a 95 % interval. As far as the caller may read. Fewer than seven whole days are not projected, and the row of today says so. Raises PT001 for NULL or negative days.';
