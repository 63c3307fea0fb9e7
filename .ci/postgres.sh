# shellcheck shell=bash
# Sourced by .ci/with-postgres and the justfile: how to drive the PostgreSQL server
# programs whatever the user and wherever the distribution hides them.

# Debian keeps initdb and pg_ctl out of PATH, one folder for each major version.
pg_find_bin() {
    local initdb
    initdb=$(command -v initdb ||
        find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1) || true
    if [[ -z $initdb ]]; then
        echo "No PostgreSQL server found (initdb, pg_ctl). On Debian: apt-get install postgresql" >&2
        return 1
    fi
    dirname "$initdb"
}

# PostgreSQL refuses to run as root.
pg_user() {
    if [[ $EUID -ne 0 ]]; then
        id -un
    elif id postgres >/dev/null 2>&1; then
        echo postgres
    else
        echo "Running as root needs a system user 'postgres' to run the server as" >&2
        return 1
    fi
}

# Runs a server program as that user, from / as the user may not be able to read
# the current folder.
pg_exec() {
    if [[ $EUID -eq 0 ]]; then
        # A root shell opened by plain su may lack the sbin folders.
        (cd / && PATH=$PATH:/usr/sbin:/sbin exec runuser -u "$(pg_user)" -- "$@")
    else
        (cd / && exec "$@")
    fi
}

# pg_init BIN DATA [OPTIONS]: the folder's parent must belong to pg_user. C.UTF-8 orders text
# the same way on every machine.
pg_init() {
    local bin=$1 data=$2
    shift 2
    pg_exec "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 "$@" >/dev/null
}
