#!/bin/sh
# Dump keys and tokens, after `muster backup` took the log: a key is durable before a value sealed with it.
# Usage: backup.sh FOLDER [NUMBER TO KEEP]. Connects as in the secret postgres_backup.
set -eu
folder=$1 keep=${2:-14}
secrets=${SECRETS:-/run/secrets}
umask 077
mkdir -p "$folder"
file=$folder/keys-$(date -u +%Y%m%dT%H%M%SZ).dump
pg_dump --format custom --file "$folder/.draft" --no-owner --no-privileges \
    --table 'vault_*' --table 'access_*' --table 'push_key' --table 'push_subscriptions' \
    "$(cat "$secrets/postgres_backup")"
mv "$folder/.draft" "$file"
printf 'muster_backup_finished_timestamp_seconds{of="keys"} %s\n' "$(date -u +%s)" >"$folder/.figures"
chmod 0644 "$folder/.figures"
mv "$folder/.figures" "$folder/muster-keys.prom"
ls "$folder"/keys-*.dump | sort -r | tail -n "+$((keep + 1))" | while read -r old; do rm "$old"; done
echo "$file"
