#!/usr/bin/env bash
# Makes up the secrets of compose.yaml, once, each where only its reader finds it:
#
#     secrets.sh FOLDER_OF_COUNTERSIGN FOLDER_OF_POSTGRESQL
#
# What is there stays as it is. Files belong to root and are read by the group of their reader: 65532 is
# Countersign's, 999 that of the PostgreSQL image.
set -euo pipefail
umask 077

countersign=$1
postgres=$2

# As base64url, so that it can stand in a URL.
random() {
    head -c 36 /dev/urandom | base64 -w 0 | tr '+/' '-_'
}

# keep FILE GROUP TEXT: whole or not at all.
keep() {
    [[ ! -e $1 ]] || return 0
    printf '%s' "$3" >"$1.new"
    chgrp "$2" "$1.new"
    chmod 0440 "$1.new"
    mv "$1.new" "$1"
}

keep "$postgres/password" 999 "$(random)"
keep "$countersign/database-url" 65532 "postgres://countersign:$(<"$postgres/password")@postgres/countersign"
keep "$countersign/jwt-secret" 65532 "$(random)"
keep "$countersign/admin-password" 65532 "$(random)"
