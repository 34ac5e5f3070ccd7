-- Roles and the functions that row-level security policies rest on, by Supabase's conventions.
--
-- Roles belong to the whole server, while migrations run once per database: so a role may exist
-- already, and another database may be creating it at this very moment. A lost race shows as a
-- unique violation once the winner commits, and then the role is there.
--
-- The owner of the schema is whoever migrates: cascadian_owner in a private cluster, the user of
-- DATABASE_URL elsewhere.

DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            -- Logs in, has no rights of its own, and may become one of the others.
            ('cascadian_app', 'LOGIN NOINHERIT'),
            -- Anybody.
            ('anon',          'NOLOGIN NOINHERIT'),
            -- Somebody who has signed in; auth.uid() says who.
            ('authenticated', 'NOLOGIN NOINHERIT'),
            -- Ingest and jobs. It is subject to row-level security like the others: each table
            -- says in a policy that this role sees all of it. Bypassing instead would need a
            -- superuser on servers that others run.
            ('service_role',  'NOLOGIN NOINHERIT')
        ) AS roles (name, attributes)
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.attributes);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN
                    NULL;
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'the role % is missing and % may not create it',
                        wanted.name, current_user
                        USING HINT = 'Let an administrator create it, or grant CREATEROLE.';
            END;
        END IF;
    END LOOP;
END
$$;

-- Both the application's login and the owner may become each role. Memberships are shared by all
-- databases too. Asking pg_auth_members, not pg_has_role: a superuser has every role unasked.
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT granted.name AS granted, member.name AS member
        FROM (VALUES ('anon'), ('authenticated'), ('service_role')) AS granted (name)
        CROSS JOIN (VALUES ('cascadian_app'), (current_user::text)) AS member (name)
        WHERE NOT EXISTS (
            SELECT
            FROM pg_catalog.pg_auth_members
            WHERE roleid = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = granted.name)
              -- From version 16 on, who creates a role becomes a member that may not become it.
              AND coalesce((to_jsonb(pg_auth_members) ->> 'set_option')::boolean, true)
              AND pg_auth_members.member =
                  (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = member.name)
        )
    LOOP
        BEGIN
            EXECUTE format('GRANT %I TO %I', wanted.granted, wanted.member);
        EXCEPTION
            WHEN unique_violation THEN
                NULL;
        END;
    END LOOP;
END
$$;

-- Who may use what. A table shows no row until a policy says so, so reading is granted on all of
-- them; writing needs a grant as well, which each table gives by name.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role;

ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO anon, authenticated;
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO service_role;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO service_role;

-- On Supabase schema and function exist and belong to another role: they are left alone.
DO $outer$
BEGIN
    IF to_regnamespace('auth') IS NULL THEN
        CREATE SCHEMA auth;
        GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role;
    END IF;

    IF to_regprocedure('auth.uid()') IS NULL THEN
        -- An unset setting is NULL, one that was set in an earlier transaction is ''.
        CREATE FUNCTION auth.uid() RETURNS uuid
            LANGUAGE sql STABLE
            RETURN COALESCE(
                NULLIF(current_setting('request.jwt.claim.sub', true), ''),
                NULLIF(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
            )::uuid;
        COMMENT ON FUNCTION auth.uid() IS
            'The signed-in user of this transaction; NULL for everybody else.';
    END IF;
END
$outer$;
