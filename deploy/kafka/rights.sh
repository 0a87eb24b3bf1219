#!/usr/bin/env bash
# Set Kafka rights: `rights.sh grant` before `muster migrate`, `rights.sh seal` after. Both are idempotent.
# Runs as the brokers' super user.
#
#   muster-api        writes and reads muster.commits, muster.telemetry; reads muster.changes
#   muster-projector  reads muster.commits, muster.telemetry; writes muster.changes; its consumer groups
#   muster-migrate    creates and alters the topics; writes each partition's first record, until sealed
set -euo pipefail
: "${BOOTSTRAP:?the brokers as host:port,host:port}"
bin=${KAFKA_BIN:-/opt/kafka/bin} secrets=${SECRETS:-/run/secrets} prefix=${PREFIX:-muster}
umask 077
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT

{
    protocol=SASL_PLAINTEXT
    if [ "${TLS:-no}" != no ]; then
        protocol=SASL_SSL
        printf 'ssl.truststore.type=PEM\nssl.truststore.location=%s/kafka_ca\n' "$secrets"
    fi
    printf 'security.protocol=%s\nsasl.mechanism=PLAIN\n' "$protocol"
    printf 'sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="%s";\n' \
        "$(cat "$secrets/kafka_broker")"
} >"$run/admin.properties"

acls() { "$bin/kafka-acls.sh" --bootstrap-server "$BOOTSTRAP" --command-config "$run/admin.properties" "$@" >/dev/null; }
allow() { # USER, further arguments for kafka-acls
    local user=$1
    shift
    acls --add --allow-principal "User:$user" "$@"
    echo "$user: $*"
}
user() { # USER, name of its secret
    printf 'SCRAM-SHA-512=iterations=8192,password=%s\n' "$(cat "$secrets/$2")" >"$run/user.properties"
    "$bin/kafka-configs.sh" --bootstrap-server "$BOOTSTRAP" --command-config "$run/admin.properties" \
        --alter --entity-type users --entity-name "$1" --add-config-file "$run/user.properties" >/dev/null
    echo "$1: user"
}

grant() {
    user "$prefix-api" kafka_api
    user "$prefix-projector" kafka_projector
    user "$prefix-migrate" kafka_migrate
    allow "$prefix-api" --operation Read --operation Write --operation DescribeConfigs --topic "$prefix.commits"
    allow "$prefix-api" --operation Read --operation Write --topic "$prefix.telemetry"
    allow "$prefix-api" --operation Read --topic "$prefix.changes"
    allow "$prefix-projector" --operation Read --operation DescribeConfigs --topic "$prefix.commits"
    allow "$prefix-projector" --operation Read --topic "$prefix.telemetry"
    allow "$prefix-projector" --operation Write --topic "$prefix.changes"
    allow "$prefix-projector" --operation Read --group "$prefix-projector" --resource-pattern-type prefixed
    allow "$prefix-migrate" --operation Create --operation Describe --operation DescribeConfigs \
        --operation AlterConfigs --topic "$prefix." --resource-pattern-type prefixed
    allow "$prefix-migrate" --operation Read --operation Write --topic "$prefix.commits"
}

seal() {
    acls --remove --force --allow-principal "User:$prefix-migrate" --operation Write --topic "$prefix.commits"
    echo "$prefix-migrate: write access revoked"
}

case ${1:-} in
grant | seal) "$1" ;;
*)
    echo "usage: rights.sh grant | seal" >&2
    exit 2
    ;;
esac
