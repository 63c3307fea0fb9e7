-- Keeps the security events of each month in a table of their own, so that old ones are dropped rather than deleted
-- row by row. For very large installations; needs PostgreSQL 13 or later.
--
--     psql --single-transaction --set ON_ERROR_STOP=1 --file partition-audit-events.sql "$DATABASE_URL"
--
-- Run it as the user that Countersign connects as, on a database that is migrated. What is there stays where it is, as
-- the table of all that is older than next month. It is read once, and nobody can log in meanwhile. If that takes too
-- long, have it read before, while the service runs, and in the same month. The id is that of the first event of
-- the next month; here, of December 2026:
--
--     ALTER TABLE audit_events ADD CONSTRAINT audit_events_old CHECK (id < '01a22ee6-b000-0000-0000-000000000000') NOT VALID;
--     ALTER TABLE audit_events VALIDATE CONSTRAINT audit_events_old;
--
-- Afterwards, every month, by cron or pg_cron:
--
--     SELECT audit_events_add_months(12);
--
-- And to forget a month, with an audit.retention_days that is longer by then, so that nothing was deleted before. With the
-- bound of time, a query that takes long makes it fail rather than everybody wait:
--
--     BEGIN; SET LOCAL lock_timeout = '1s'; DROP TABLE audit_events_2026_12; COMMIT;

-- The lowest id of an event at a time: ids are UUIDs of version 7, which begin with the milliseconds since 1970.
CREATE FUNCTION audit_events_begin(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the tables of the next months that are not there yet, so that there always is one for what comes.
CREATE FUNCTION audit_events_add_months(ahead integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    month timestamp;
    name text;
BEGIN
    FOR n IN 1..ahead LOOP
        month := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => n);
        name := 'audit_events_' || to_char(month, 'YYYY_MM');
        IF to_regclass(name) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF audit_events FOR VALUES FROM (%L) TO (%L)',
                name,
                audit_events_begin(month AT TIME ZONE 'UTC'),
                audit_events_begin((month + interval '1 month') AT TIME ZONE 'UTC')
            );
        END IF;
    END LOOP;
END
$$;

ALTER TABLE audit_events RENAME TO audit_events_old;
ALTER INDEX audit_events_pkey RENAME TO audit_events_old_pkey;
ALTER INDEX audit_events_subject_id_idx RENAME TO audit_events_old_subject_id_idx;
ALTER INDEX audit_events_actor_id_idx RENAME TO audit_events_old_actor_id_idx;
ALTER INDEX audit_events_event_idx RENAME TO audit_events_old_event_idx;

-- By the id, which orders by time: so the primary key stays what it is, and so do all queries.
CREATE TABLE audit_events (LIKE audit_events_old INCLUDING DEFAULTS) PARTITION BY RANGE (id);
ALTER TABLE audit_events ADD CONSTRAINT audit_events_pkey PRIMARY KEY (id);
CREATE INDEX audit_events_subject_id_idx ON audit_events (subject_id, id);
CREATE INDEX audit_events_actor_id_idx ON audit_events (actor_id, id);
CREATE INDEX audit_events_event_idx ON audit_events (event, id);

DO $$
BEGIN
    EXECUTE format(
        'ALTER TABLE audit_events ATTACH PARTITION audit_events_old FOR VALUES FROM (MINVALUE) TO (%L)',
        audit_events_begin((date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC')
    );
END
$$;
-- An event without a table would be a login that fails.
CREATE TABLE audit_events_rest PARTITION OF audit_events DEFAULT;
SELECT audit_events_add_months(12);
