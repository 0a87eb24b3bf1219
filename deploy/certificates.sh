#!/bin/sh
# Create a CA and a certificate for each broker and PostgreSQL, for compose.tls.yaml. Usage: certificates.sh [FOLDER [HOST ...]]
# To use your own CA, put its certificate in kafka_ca.pem, and each one's key and chain in NAME.pem.
set -eu
folder=${1:-$(dirname "$0")/secrets}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- kafka-1 kafka-2 kafka-3 postgres
umask 077
mkdir -p "$folder"
if [ ! -e "$folder/kafka_ca.key" ]; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=Muster CA" \
        -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -keyout "$folder/kafka_ca.key" -out "$folder/kafka_ca.pem" 2>/dev/null
    chmod 0444 "$folder/kafka_ca.pem"
fi
for host in "$@"; do
    work=$(mktemp -d)
    printf 'subjectAltName=DNS:%s,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n' "$host" >"$work/names"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$host" -keyout "$work/key" -out "$work/request" 2>/dev/null
    openssl x509 -req -in "$work/request" -CA "$folder/kafka_ca.pem" -CAkey "$folder/kafka_ca.key" -CAcreateserial \
        -days 825 -extfile "$work/names" -out "$work/certificate" 2>/dev/null
    cat "$work/key" "$work/certificate" >"$folder/$host.pem"
    chmod 0444 "$folder/$host.pem"
    rm -r "$work"
    echo "created $host.pem, valid for 825 days"
done
