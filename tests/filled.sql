-- A database in which only that is what the files `tables` and `rows` say, or nothing; its last word is
-- a mark of the tables. Those that still bear the mark `made` only lose their rows: to make them
-- takes eight times as long.
\set QUIET on
SET client_min_messages = warning;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid();

-- Whatever changes a table writes a row of the catalogue anew, by another transaction.
\set mark 'SELECT sum(xmin::text::bigint) AS now FROM (SELECT xmin FROM pg_class UNION ALL SELECT xmin FROM pg_attribute UNION ALL SELECT xmin FROM pg_attrdef UNION ALL SELECT xmin FROM pg_constraint UNION ALL SELECT xmin FROM pg_index UNION ALL SELECT xmin FROM pg_trigger UNION ALL SELECT xmin FROM pg_proc) AS written'
:mark \gset
SELECT :now = :made AS kept \gset
\if :kept
    SET session_replication_role = replica; -- whatever refers to them, and forbids it
    DO $$ DECLARE one regclass; BEGIN
        FOR one IN SELECT oid FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        LOOP EXECUTE 'DELETE FROM ' || one; END LOOP;
    END $$;
\else
    DROP SCHEMA public CASCADE;
    CREATE SCHEMA public;
    \if :{?tables}
        \i :tables
    \endif
\endif
\if :{?rows}
    SET session_replication_role = replica;
    \i :rows
\endif
:mark;
