#!/bin/sh
# Create missing secrets for compose.yaml; none is printed. Usage: secrets.sh [FOLDER]
# Only the owner can open the folder; the files in it are readable, because containers run as different users.
set -eu
folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"
chmod 0700 "$folder"

random() { head -c "$1" /dev/urandom; }
word() { random 24 | od -An -v -tx1 | tr -d ' \n'; }

make_once() { # NAME, content from standard input
    if [ -e "$folder/$1" ]; then
        cat >/dev/null
    else
        cat >"$folder/.$1.new"
        chmod 0444 "$folder/.$1.new"
        mv "$folder/.$1.new" "$folder/$1"
        echo "made $1"
    fi
}

for name in kafka_broker kafka_api kafka_projector kafka_migrate postgres_password; do
    word | make_once "$name"
done
for name in migrate api projector tool backup; do
    printf 'postgresql://muster_%s:%s@postgres:5432/muster' "$name" "$(word)" | make_once "postgres_$name"
done
# A leading dash would look like an option to Kafka's tools, whose own ids have none either.
random 16 | base64 | tr '+/' '-_' | tr -d '=\n' | sed 's/^-/A/' | make_once kafka_cluster_id
random 32 | make_once master_key
echo "secrets are in $folder; store a copy of master_key elsewhere: without it no personal data can be read"
