set local role pgtrail_owner;

create or replace function pgtrail.record_history_cleanup()
    returns trigger
    language plpgsql
    security definer
    set search_path = pg_catalog, pg_temp
as $function$
declare
    removed record;
    operation bytea;
begin
    select count(*) as changes, max(r.change_timestamp) as newest into removed from removed_changes as r;
    if removed.changes > 0 then
        -- Earlier moments cannot be told any more; later ones do not need what is gone.
        update pgtrail.versioning as v set known_since = greatest(v.known_since, removed.newest);
        delete from pgtrail.quiet_change as q
        using pggit.commit as c
        where c.commit_id = q.commit_id and c.committed_at <= removed.newest;
        operation := pgtrail.start_operation(
            'Cleanup of schema history', 'MAINTENANCE', null, null,
            jsonb_build_object('changes_removed', removed.changes, 'known_since', removed.newest));
        perform pgtrail.finish_operation(operation, 'COMPLETED', null, null, null, null);
    end if;
    return null;
end
$function$;
comment on function pgtrail.record_history_cleanup() is
    'Trigger: records that changes were removed from the history, and from when on the schema is still known.';

create or replace trigger refuse_truncate
    before truncate on pggit.history
    for each statement execute function pgtrail.refuse_change();
create or replace trigger refuse_change
    before insert or update on pggit.history
    for each row when (current_user <> 'pgtrail_owner')
    execute function pgtrail.refuse_change();
create or replace trigger record_cleanup
    after delete on pggit.history
    referencing old table as removed_changes
    for each statement when (current_user <> 'pgtrail_owner')
    execute function pgtrail.record_history_cleanup();
create or replace trigger refuse_truncate
    before truncate on pggit.objects
    for each statement execute function pgtrail.refuse_change();
create or replace trigger refuse_change
    before insert or update or delete on pggit.objects
    for each row when (current_user <> 'pgtrail_owner')
    execute function pgtrail.refuse_change();
create or replace trigger refuse_truncate
    before truncate on pggit.commit
    for each statement execute function pgtrail.refuse_change();
create or replace trigger refuse_change
    before insert or update or delete on pggit.commit
    for each row when (current_user <> 'pgtrail_owner')
    execute function pgtrail.refuse_change();
create or replace trigger refuse_truncate
    before truncate on pggit.dependencies
    for each statement execute function pgtrail.refuse_change();
create or replace trigger refuse_change
    before insert or update or delete on pggit.dependencies
    for each row when (current_user <> 'pgtrail_owner')
    execute function pgtrail.refuse_change();

alter table pggit.history enable always trigger refuse_truncate;
alter table pggit.history enable always trigger refuse_change;
alter table pggit.history enable always trigger record_cleanup;
alter table pggit.objects enable always trigger refuse_truncate;
alter table pggit.objects enable always trigger refuse_change;
alter table pggit.commit enable always trigger refuse_truncate;
alter table pggit.commit enable always trigger refuse_change;
alter table pggit.dependencies enable always trigger refuse_truncate;
alter table pggit.dependencies enable always trigger refuse_change;

comment on trigger refuse_truncate on pggit.history is 'Nobody truncates the history.';
comment on trigger refuse_change on pggit.history is 'Nobody writes or rewrites the history; old rows may be deleted.';
comment on trigger record_cleanup on pggit.history is 'Who removes old changes leaves a record of that.';
comment on trigger refuse_truncate on pggit.objects is 'Nobody truncates the objects.';
comment on trigger refuse_change on pggit.objects is 'Only pgtrail describes objects.';
comment on trigger refuse_truncate on pggit.commit is 'Nobody truncates the commits.';
comment on trigger refuse_truncate on pggit.dependencies is 'Nobody truncates the dependencies.';
comment on trigger refuse_change on pggit.dependencies is 'Only pgtrail follows dependencies.';
comment on trigger refuse_change on pggit.commit is 'Only pgtrail writes commits.';
