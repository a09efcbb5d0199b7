# A throw-away PostgreSQL server for tests. Sourced by the scripts.
# shellcheck shell=bash

# start_throwaway_postgres DIRECTORY : a new cluster in DIRECTORY, which must not exist yet, on a
# free port of 127.0.0.1. Exports POSTATO_TEST_POSTGRES, the URL of an empty database on it. Nothing
# in it survives a crash, which is what makes it quick.
start_throwaway_postgres() {
    throwaway_postgres=$1
    local programs port options
    # shellcheck disable=SC2012  # the names are versions
    programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    [ -n "$programs" ] || { echo "PostgreSQL is not installed" >&2; return 1; }
    mkdir -p "$throwaway_postgres"
    # initdb refuses to run as root, and its server would refuse too.
    throwaway_postgres_as=()
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres "$throwaway_postgres"
        throwaway_postgres_as=(runuser -u postgres --)
    fi
    throwaway_postgres_ctl=("${throwaway_postgres_as[@]}" "$programs/pg_ctl" -s
                            -D "$throwaway_postgres/data")
    (
        cd "$throwaway_postgres" || exit
        "${throwaway_postgres_as[@]}" "$programs/initdb" -D "$throwaway_postgres/data" \
            -U postato -A trust -E UTF8 --no-locale --no-sync >/dev/null
        # Another process may take the port between the choice and the start: then the next one.
        for _ in 1 2 3 4 5; do
            port=$((20000 + RANDOM))
            options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
            options+=" -c fsync=off -c full_page_writes=off -c max_connections=200"
            if "${throwaway_postgres_ctl[@]}" -w -t 30 -l "$throwaway_postgres/log" \
                -o "$options" start 2>/dev/null; then
                echo "$port" >"$throwaway_postgres/port"
                exit
            fi
        done
        echo "PostgreSQL did not start; see $throwaway_postgres/log" >&2
        exit 1
    ) || return
    port=$(cat "$throwaway_postgres/port")
    export POSTATO_TEST_POSTGRES="postgresql://postato@127.0.0.1:$port/postgres"
}

# stop_throwaway_postgres : stops it and deletes its directory.
stop_throwaway_postgres() {
    [ -n "${throwaway_postgres:-}" ] || return 0
    (cd / && "${throwaway_postgres_ctl[@]}" -m immediate stop) || true
    rm -rf "$throwaway_postgres"
    unset POSTATO_TEST_POSTGRES throwaway_postgres
}
