set local role pgtrail_owner;

-- Functions are closed first and opened by name, so that a new one is private until it is listed.
revoke all on all routines in schema script_tracking, pggit, pgtrail from public;

grant execute on function
    script_tracking.track_operation(varchar, varchar),
    script_tracking.complete_operation(bytea, boolean, text),
    script_tracking.track_script_execution(
        varchar, varchar, varchar, text, varchar, varchar, bytea, text, varchar),
    script_tracking.complete_script_execution(
        bytea, varchar, bigint, bigint, text, varchar, text[], text[], text[], text[]),
    script_tracking.record_operations(jsonb),
    script_tracking.generate_unique_script_name(varchar),
    script_tracking.calculate_hash_key(varchar),
    script_tracking.set_tenant(varchar),
    script_tracking.script_execution_as_of(timestamptz),
    script_tracking.get_execution_history(integer),
    script_tracking.get_recent_errors(integer),
    script_tracking.get_enterprise_dashboard(),
    script_tracking.get_performance_metrics(),
    script_tracking.get_system_health(),
    script_tracking.get_anomalies(integer),
    script_tracking.get_growth_forecast(integer),
    script_tracking.get_activity(integer, integer)
to public;

-- Every function here checks for itself that its caller is an administrator.
grant execute on function
    script_tracking.create_tenant(varchar),
    script_tracking.grant_tenant(varchar, name),
    script_tracking.revoke_tenant(varchar, name),
    script_tracking.configure(text, text),
    script_tracking.cleanup_old_data(integer),
    pgtrail.start_cleanup(integer, jsonb),
    pgtrail.cleanup_batch(bytea, integer),
    pgtrail.archive_batch(bytea, integer),
    script_tracking.refresh_rollups(),
    script_tracking.close_abandoned(),
    script_tracking.import_postgres_logs(text)
to public;
grant execute on procedure script_tracking.cleanup_in_batches(integer, bigint) to public;

-- What the open functions, the policies and the event triggers call on behalf of anyone.
grant execute on function
    pgtrail.caller(),
    pgtrail.reads_all(),
    pgtrail.reads_tenant(),
    pgtrail.current_tenant(),
    pgtrail.require_admin(text),
    pgtrail.require_name(text, text),
    pgtrail.span(integer, text),
    pgtrail.metric(numeric),
    pgtrail.percentage(numeric, numeric),
    pgtrail.percent_change(numeric, numeric),
    pgtrail.trend(numeric, numeric),
    pgtrail.performance_rating(numeric, numeric),
    pgtrail.success_status(numeric),
    pgtrail.duration_status(numeric),
    pgtrail.health_score(numeric, numeric, bigint, bigint, boolean),
    pgtrail.reads_system(),
    pgtrail.capture_facts(),
    pgtrail.capture_problem(name),
    pgtrail.captures(),
    pgtrail.trail_bytes(),
    pgtrail.slowest_share(integer[], bigint[]),
    pgtrail.measured_capture_ms(),
    pgtrail.sessions(),
    pgtrail.trail_facts(),
    pgtrail.tenant_facts(),
    pgtrail.bytes_per_operation(),
    pgtrail.capture_health(),
    pgtrail.trigger_health(),
    pgtrail.trail_health(),
    pgtrail.operations_health(),
    pgtrail.feed_health(),
    pgtrail.oldest_transaction(),
    pgtrail.held_back_status(interval),
    pgtrail.activity_health(),
    pgtrail.security_health(),
    pgtrail.read_versions(pgtrail.feed_cursor, integer),
    pgtrail.feed_horizon(),
    pgtrail.feed_base(),
    pgtrail.feed_is_anchored(),
    pgtrail.utc_hour(timestamptz),
    pgtrail.next_utc_hour(timestamptz),
    pgtrail.duration_bucket(integer),
    pgtrail.bucket_duration(integer),
    pgtrail.duration_percentile(double precision, integer[], bigint[]),
    pgtrail.rolled_up_to(),
    pgtrail.rolled_up_xid(),
    pgtrail.shortest_sums(),
    pgtrail.scopes(),
    pgtrail.piece_of(timestamptz, integer),
    pgtrail.next_piece(timestamptz, integer),
    pgtrail.pieces(timestamptz, timestamptz, timestamptz, integer),
    pgtrail.rolled_up(timestamptz, timestamptz, timestamptz, integer),
    pgtrail.rolled_up_durations(timestamptz, timestamptz, timestamptz, integer),
    pgtrail.rolled_up_actors(timestamptz),
    pgtrail.not_rolled_up(timestamptz, timestamptz, timestamptz, integer),
    pgtrail.recent_activity(),
    pgtrail.activity_by_actor(timestamptz, timestamptz),
    pgtrail.activity(timestamptz, timestamptz),
    pgtrail.start_operation(text, text, text, bytea, jsonb),
    pgtrail.write_reported(jsonb),
    pgtrail.finish_operation(bytea, text, integer, text, text[], jsonb),
    pgtrail.whole_milliseconds(numeric),
    pgtrail.change_setting(text, text),
    pgtrail.tell_host(text, bytea),
    pgtrail.note_ddl_start(text),
    pgtrail.report_failure(text, text, text),
    pgtrail.record_drop(text, text),
    pgtrail.note_table_rewrite(text),
    pgtrail.record_ddl(text, text)
to public;

-- Everyone may see and annotate the operations it recorded itself; the policies below draw the line.
grant select on
    script_tracking.script_execution_h,
    script_tracking.script_execution_s,
    script_tracking.script_execution_s_history,
    script_tracking.script_execution_s_versions
to public;
grant update (metadata, error_message) on script_tracking.script_execution_s to public;

-- The reports run with the rights of their caller.
grant select on
    pgtrail.operation_rollup,
    pgtrail.total_rollup,
    pgtrail.duration_rollup,
    pgtrail.actor_rollup,
    pgtrail.feed_consumer
to public;

-- The schema has no tenants: whoever may read the trail of others may read its versions.
grant usage on schema pggit to public;
grant select on pggit.commit, pggit.objects, pggit.history, pggit.dependencies to pgtrail_reader;
grant delete on pggit.history to pgtrail_admin;
grant execute on function
    pggit.get_version(text),
    pggit.log(text, timestamptz, timestamptz, text),
    pggit.show(text),
    pggit.blame(text),
    pggit.get_dependencies(text),
    pggit.impact(text),
    pggit.diff(timestamptz, timestamptz),
    pggit.generate_migration(timestamptz, timestamptz),
    pggit.export_schema(timestamptz),
    pggit.get_state(timestamptz),
    pggit.diff_to(jsonb),
    pggit.plan_to(jsonb),
    pggit.preview_rollback(timestamptz),
    pggit.preview_rollback_object(text, text),
    pggit.rollback_to_timestamp(timestamptz, boolean),
    pggit.rollback_object(text, text, boolean),
    pggit.verify_database_integrity(),
    pggit.metrics_for_grafana(),
    pggit.check_performance_alerts(),
    pgtrail.versions_bytes(),
    -- A rollback runs as its caller, and calls these.
    pgtrail.preview(timestamptz, uuid, text),
    pgtrail.roll_back(text, timestamptz, uuid, text, boolean),
    pgtrail.plan_rollback(timestamptz, uuid, text),
    pgtrail.rollback_differences(pgtrail.object_state[], uuid),
    pgtrail.target_state(timestamptz, uuid, text),
    pgtrail.note_event_triggers(bytea),
    pgtrail.versions_were_made(),
    pgtrail.rows_of_extension(name),
    pgtrail.count_lost_rows(text),
    pgtrail.lock_statement(text),
    pgtrail.carry_out(pgtrail.planned_step[], integer),
    pgtrail.lost_rows(pgtrail.planned_step[], boolean),
    pgtrail.refuse_step(integer, pgtrail.planned_step, text, text),
    pgtrail.object_id(text),
    pgtrail.refuse_read_only(),
    pgtrail.is_read_only()
to pgtrail_reader;
-- These check for themselves that their caller is an administrator.
grant execute on function
    pggit.configure_tracking(text[], boolean, boolean),
    pggit.adopt_drift()
to public;
grant execute on function pggit.coverage() to public;

-- These check for themselves that their caller is an administrator.
grant execute on function
    pgtrail.create_account(text, name, text, text),
    pgtrail.set_account_role(text, name),
    pgtrail.set_account_password(text, text),
    pgtrail.drop_account(text),
    pgtrail.accounts(),
    pgtrail.create_api_token(text, text, text, timestamptz),
    pgtrail.api_tokens(text),
    pgtrail.drop_api_token(uuid)
to public;
grant execute on function
    pgtrail.open_write(text, bytea),
    pgtrail.keep_answer(text, text),
    pgtrail.annotate_operation(bytea, jsonb, text),
    pgtrail.require_object(jsonb),
    pgtrail.refuse_read_only()
to pgtrail_writer;
-- Which application signs users in, and what runs migrations, is trusted to say what came of it.
grant execute on function
    pgtrail.record_host_answer(text, text, bytea, jsonb, text, timestamptz),
    script_tracking.run_migration_enterprise(varchar, varchar),
    pgtrail.start_migration(text, text),
    pgtrail.claim_migration(text, text, bytea, bytea),
    pgtrail.end_migration(bytea, text, text, text)
to pgtrail_writer;
-- doctor asks.
grant execute on function
    pgtrail.sign_in_ways(),
    pgtrail.host_function(text),
    pgtrail.pgcrypto_home()
to public;
-- Who signs in is nobody yet: the server itself asks, and it alone sees hashes.
grant execute on function
    pgtrail.find_account(text),
    pgtrail.sign_in(text, boolean),
    pgtrail.find_api_token(uuid),
    pgtrail.find_external_account(text),
    pgtrail.record_external_sign_in(text),
    pgtrail.record_sign_out(text),
    pgtrail.record_refusal(text, text, text)
to pgtrail_server;

-- The server does this on its schedule.
grant execute on function
    pgtrail.begin_task(text, interval),
    pgtrail.finish_task(text, boolean, text),
    pgtrail.start_retention(),
    pgtrail.remove_old_alerts(),
    pgtrail.due_deliveries(),
    pgtrail.record_attempt(uuid, integer, text, interval, integer)
to pgtrail_server;
-- What follows the log, and what imports a file of it.
grant execute on function
    pgtrail.log_source(),
    pgtrail.log_settings(),
    pgtrail.log_formats(),
    pgtrail.log_rights(),
    pgtrail.unread_log_files(),
    pgtrail.read_log(text, bigint, bigint),
    pgtrail.note_log_position(text, bigint, boolean),
    pgtrail.record_log(text[], boolean)
to pgtrail_server, pgtrail_admin;
grant select on pgtrail.task to pgtrail_reader;
grant execute on function script_tracking.get_tasks(), pgtrail.is_running(bigint, name) to pgtrail_reader;

-- Alerts tell of what any tenant did. These check for themselves that their caller is an administrator.
grant execute on function
    script_tracking.set_alert_rule(text, text, jsonb, text),
    script_tracking.enable_alert_rule(text, boolean),
    script_tracking.drop_alert_rule(text),
    script_tracking.create_webhook(text, text, text, text),
    script_tracking.enable_webhook(text, boolean),
    script_tracking.drop_webhook(text),
    script_tracking.test_webhook(text),
    script_tracking.resend_delivery(uuid)
to public;
grant select on pgtrail.alert_rule, pgtrail.alert, pgtrail.delivery to pgtrail_auditor;
grant execute on function
    script_tracking.get_alert_rules(),
    script_tracking.get_alerts(),
    script_tracking.get_webhooks(),
    script_tracking.get_deliveries(),
    pgtrail.alert_kinds(),
    pgtrail.alert_parameters(),
    pgtrail.is_like(text, jsonb),
    pgtrail.capture_findings(),
    pgtrail.health_findings(jsonb),
    pgtrail.failure_rate_findings(jsonb),
    pgtrail.anomaly_findings(jsonb),
    pgtrail.storage_findings(jsonb),
    pgtrail.slow_findings(pgtrail.watched_version[]),
    pgtrail.ddl_findings(pgtrail.watched_version[]),
    pgtrail.lasting_findings(text[])
to pgtrail_auditor;
grant execute on function
    script_tracking.evaluate_alerts(),
    pgtrail.require_reads_all(),
    pgtrail.evaluate_lasting_rules(),
    pgtrail.evaluate_event_rules(),
    pgtrail.lock_alerts(),
    pgtrail.record_findings(pgtrail.finding[], text[], pgtrail.feed_cursor)
to pgtrail_server, pgtrail_admin;

grant select on pgtrail.settings, pgtrail.capture_failure to pgtrail_auditor;
grant select on pgtrail.tenant, pgtrail.tenant_grant to pgtrail_auditor;

do $readers$
declare
    reader record;
begin
    for reader in
        select *
        from (values
            ('script_tracking.script_execution_h', pgtrail.readers_condition(
                'exists (
                    select
                    from script_tracking.script_execution_s as s
                    where s.script_execution_hk = script_execution_h.script_execution_hk
                )'),
                'Auditors read all hubs, readers those of their tenant and the system, others those of their own operations.'),
            ('script_tracking.script_execution_s', pgtrail.readers_condition(),
                'Auditors read all operations, readers those of their tenant and the system, others their own there.'),
            ('script_tracking.script_execution_s_history', pgtrail.readers_condition(),
                'Auditors read all versions, readers those of their tenant and the system, others their own there.'),
            ('pgtrail.operation_rollup', pgtrail.readers_condition(),
                'Auditors read all sums, readers those of their tenant and the system, others those of their own operations there.'),
            ('pgtrail.actor_rollup', pgtrail.readers_condition(),
                'Auditors read all actors, readers those of their tenant and the system, others themselves there.'),
            ('pgtrail.total_rollup', 'scope = any ((select pgtrail.scopes())::bytea[])',
                'Auditors read the sums over all tenants, readers those of their tenant and the system, nobody else any.'),
            ('pgtrail.duration_rollup', 'scope = any ((select pgtrail.scopes())::bytea[])',
                'Auditors read the sums over all tenants, readers those of their tenant and the system, nobody else any.')
        ) as r (trail_table, condition, meaning)
    loop
        execute pg_catalog.format('drop policy if exists readers on %s', reader.trail_table);
        execute pg_catalog.format('create policy readers on %s for select using (%s)',
            reader.trail_table, reader.condition);
        execute pg_catalog.format('comment on policy readers on %s is %L', reader.trail_table, reader.meaning);
    end loop;
end
$readers$;

drop policy if exists annotators on script_tracking.script_execution_s;
create policy annotators on script_tracking.script_execution_s
    for update
    using (
        pg_has_role(current_user, 'pgtrail_admin', 'usage')
        or (
            db_session_user = session_user
            and (tenant_hk is null or tenant_hk = (select pgtrail.current_tenant()))
        )
    );

comment on policy annotators on script_tracking.script_execution_s is
    'Administrators annotate every operation, others their own in their tenant and the system.';
