#!/usr/bin/env bash
# Start a combined broker and controller: write its settings, format storage once, run Kafka.
# All three listeners authenticate. With TLS=yes they also encrypt.
set -euo pipefail
: "${NODE_ID:?}" "${HOST:?}" "${VOTERS:?}"
kafka=${KAFKA_HOME:-/opt/kafka} secrets=${SECRETS:-/run/secrets} data=${DATA:-/var/lib/kafka/data}
run=${RUN:-/tmp/kafka} replicas=${REPLICAS:-3} insync=${MIN_INSYNC:-2}
clients=${CLIENTS_PORT:-9092} controllers=${CONTROLLERS_PORT:-9093} brokers=${BROKERS_PORT:-9094}
umask 077
mkdir -p "$run"
broker=$(cat "$secrets/kafka_broker")
# Each installation has its own id, so that a broker never joins another one's. A formatted broker keeps its own.
cluster=$(sed -n 's/^cluster.id=//p' "$data/meta.properties" 2>/dev/null || true)
cluster=${cluster:-$(cat "$secrets/kafka_cluster_id")}
plain="org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" password=\"$broker\" user_broker=\"$broker\";"
scram="org.apache.kafka.common.security.scram.ScramLoginModule required;"
protocol=SASL_PLAINTEXT
[ "${TLS:-no}" = no ] || protocol=SASL_SSL

cat >"$run/server.properties" <<SETTINGS
process.roles=broker,controller
node.id=$NODE_ID
controller.quorum.voters=$VOTERS
controller.listener.names=CONTROLLERS
inter.broker.listener.name=BROKERS
listeners=CLIENTS://:$clients,CONTROLLERS://:$controllers,BROKERS://:$brokers
advertised.listeners=CLIENTS://$HOST:$clients,BROKERS://$HOST:$brokers
listener.security.protocol.map=CLIENTS:$protocol,CONTROLLERS:$protocol,BROKERS:$protocol
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.controllers.sasl.enabled.mechanisms=PLAIN
listener.name.controllers.plain.sasl.jaas.config=$plain
listener.name.brokers.sasl.enabled.mechanisms=PLAIN
listener.name.brokers.plain.sasl.jaas.config=$plain
listener.name.clients.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.clients.scram-sha-512.sasl.jaas.config=$scram
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:broker
allow.everyone.if.no.acl.found=false
log.dirs=$data
auto.create.topics.enable=false
unclean.leader.election.enable=false
default.replication.factor=$replicas
min.insync.replicas=$insync
offsets.topic.replication.factor=$replicas
transaction.state.log.replication.factor=$replicas
transaction.state.log.min.isr=$insync
share.coordinator.state.topic.replication.factor=$replicas
share.coordinator.state.topic.min.isr=$insync
broker.session.timeout.ms=1300
broker.heartbeat.interval.ms=250
group.initial.rebalance.delay.ms=1000
SETTINGS
if [ "$protocol" = SASL_SSL ]; then
    cat >>"$run/server.properties" <<SETTINGS
ssl.keystore.type=PEM
ssl.keystore.location=$secrets/kafka_certificate
ssl.truststore.type=PEM
ssl.truststore.location=$secrets/kafka_ca
ssl.endpoint.identification.algorithm=https
SETTINGS
fi
cat >"$run/log4j2.properties" <<SETTINGS
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1}: %m%n
rootLogger.level=${LOG_LEVEL:-WARN}
rootLogger.appenderRef.out.ref=out
SETTINGS
export KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=file:$run/log4j2.properties"
export LOG_DIR=$run EXTRA_ARGS="-name kafka"
"$kafka/bin/kafka-storage.sh" format --ignore-formatted "--cluster-id=$cluster" --config "$run/server.properties"
exec "$kafka/bin/kafka-server-start.sh" "$run/server.properties"
