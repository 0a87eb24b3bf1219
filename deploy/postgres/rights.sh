#!/bin/sh
# Create PostgreSQL's users, before `muster migrate`, which gives each its rights. May be repeated.
#
#   muster_migrate    owns and creates the tables
#   muster_api        keys, tokens, pictures, snapshots, phones; reads the views
#   muster_projector  the views and its checkpoints, nothing else
#   muster_tool       operator commands: both
#   muster_backup     reads keys and tokens
#
# Connects as PGUSER to PGHOST; each user's password is the one in its secret, an address of PostgreSQL.
set -eu
secrets=${SECRETS:-/run/secrets}
if [ -e "$secrets/postgres_password" ]; then
    PGPASSWORD=$(cat "$secrets/postgres_password")
    export PGPASSWORD
fi
for user in migrate api projector tool backup; do
    address=$(cat "$secrets/postgres_$user")
    rest=${address#*://*:}
    MUSTER_USER=muster_$user MUSTER_WORD=${rest%%@*} psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv user MUSTER_USER
\getenv word MUSTER_WORD
SELECT format('CREATE ROLE %I', :'user') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'user') \gexec
ALTER ROLE :"user" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'word';
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), :'user') \gexec
GRANT USAGE ON SCHEMA public TO :"user";
SQL
    echo "muster_$user: user"
done
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO muster_migrate;
SELECT format('ALTER TABLE %s OWNER TO muster_migrate', oid::regclass) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relowner <> 'muster_migrate'::regrole \gexec
SELECT format('ALTER FUNCTION %s OWNER TO muster_migrate', oid::regprocedure) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proowner <> 'muster_migrate'::regrole \gexec
SQL
echo "muster_migrate: owns the tables"
