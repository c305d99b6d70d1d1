set local role pgtrail_owner;

-- Every judgement that a report makes, each a function of its own, so that it can be read and tested.

create or replace function pgtrail.metric(p_value numeric)
    returns numeric
    language sql
    immutable
    parallel safe
return case
    when p_value is not null then round(greatest(least(p_value, 9999999999999.99), -9999999999999.99), 2)
end;
comment on function pgtrail.metric(numeric) is
    'A number as the reports show it: two decimals, never more than fit into numeric(15,2); NULL for NULL.';

create or replace function pgtrail.percentage(p_part numeric, p_whole numeric)
    returns numeric
    language sql
    immutable
    parallel safe
return case when p_whole > 0 then 100 * p_part / p_whole end;
comment on function pgtrail.percentage(numeric, numeric) is
    'Part of a whole in percent; NULL where there is no whole.';

create or replace function pgtrail.percent_change(p_current numeric, p_previous numeric)
    returns numeric
    language sql
    immutable
    parallel safe
return case when p_previous > 0 then 100 * (p_current - p_previous) / p_previous end;
comment on function pgtrail.percent_change(numeric, numeric) is
    'Change in percent; NULL where there was nothing before.';

create or replace function pgtrail.trend(p_current numeric, p_previous numeric)
    returns text
    language sql
    immutable
    parallel safe
return case
    when coalesce(p_current, 0) > coalesce(p_previous, 0) * 1.1 then 'UP'
    when coalesce(p_current, 0) < coalesce(p_previous, 0) * 0.9 then 'DOWN'
    else 'STABLE'
end;
comment on function pgtrail.trend(numeric, numeric) is
    'UP if a value rose by more than 10 percent, DOWN if it fell by more, else STABLE. NULL counts as 0.';

create or replace function pgtrail.performance_rating(p_success_rate numeric, p_avg_duration_ms numeric)
    returns text
    language sql
    immutable
    parallel safe
return case
    when p_success_rate is null then null
    when p_success_rate > 95 and coalesce(p_avg_duration_ms, 0) < 100 then 'EXCELLENT'
    when p_success_rate > 90 and coalesce(p_avg_duration_ms, 0) < 500 then 'GOOD'
    when p_success_rate > 80 and coalesce(p_avg_duration_ms, 0) < 1000 then 'WARNING'
    else 'POOR'
end;
comment on function pgtrail.performance_rating(numeric, numeric) is
    'EXCELLENT: more than 95 % succeed and the average is below 100 ms. GOOD: 90 %, 500 ms. WARNING: 80 %, 1000 ms. POOR: anything else. Both conditions must hold. NULL where nothing has finished.';

create or replace function pgtrail.success_status(p_success_rate numeric)
    returns text
    language sql
    immutable
    parallel safe
return coalesce(pgtrail.performance_rating(p_success_rate, 0), 'NORMAL');
comment on function pgtrail.success_status(numeric) is
    'EXCELLENT above 95, GOOD above 90, WARNING above 80, else POOR; NORMAL for NULL.';

create or replace function pgtrail.duration_status(p_duration_ms numeric)
    returns text
    language sql
    immutable
    parallel safe
return case
    when p_duration_ms is null then 'NORMAL'
    when p_duration_ms < 500 then 'GOOD'
    when p_duration_ms < 1000 then 'WARNING'
    else 'POOR'
end;
comment on function pgtrail.duration_status(numeric) is
    'GOOD below 500 ms, WARNING below 1000 ms, else POOR; NORMAL for NULL.';

create or replace function pgtrail.health_score(
    p_success_rate numeric,
    p_avg_duration_ms numeric,
    p_overdue_operations bigint,
    p_capture_failures bigint,
    p_captures boolean
)
    returns numeric
    language sql
    immutable
    parallel safe
return 100
    - least(2 * (100 - coalesce(p_success_rate, 100)), 40)
    - least(greatest(coalesce(p_avg_duration_ms, 0) - 500, 0) * 0.03, 15)
    - least(5.0 * coalesce(p_overdue_operations, 0), 15)
    - case when coalesce(p_captures, true) then least(5.0 * coalesce(p_capture_failures, 0), 30) else 30 end;
comment on function pgtrail.health_score(numeric, numeric, bigint, bigint, boolean) is
    '100 less: 2 for each percent that failed, at most 40; 3 for each 100 ms of average duration above 500, at most 15; 5 for each overdue operation, at most 15; 5 for each capture failure, at most 30, or 30 if DDL is not captured. NULL takes nothing off.';

create or replace function pgtrail.held_back_status(p_age interval)
    returns text
    language sql
    immutable
    parallel safe
return case
    when p_age > interval '1 hour' then 'CRITICAL'
    when p_age > interval '10 minutes' then 'WARNING'
    else 'OK'
end;
comment on function pgtrail.held_back_status(interval) is
    'What get_system_health() says of a feed that a transaction of this age holds back.';
