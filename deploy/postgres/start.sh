#!/bin/sh
# Start PostgreSQL with TLS, and refuse connections without it. Its key must belong to it alone, so it is copied.
# Usage: start.sh postgres [OPTION ...], as the entrypoint of PostgreSQL's image.
set -eu
secrets=${SECRETS:-/run/secrets} run=${RUN:-/tmp}
entry=${ENTRYPOINT:-docker-entrypoint.sh} owner=${OWNER:-postgres}
install -m 0600 -o "$owner" "$secrets/postgres_certificate" "$run/server.pem"
cat >"$run/hba.conf" <<'HBA'
local   all all      trust
hostssl all all all  scram-sha-256
HBA
chmod 0644 "$run/hba.conf"
exec "$entry" "$@" --ssl=on --ssl_cert_file="$run/server.pem" --ssl_key_file="$run/server.pem" \
    --ssl_min_protocol_version=TLSv1.3 --hba_file="$run/hba.conf"
