#!/usr/bin/env bash
# Runs a command with private PostgreSQL, MariaDB and Redis servers beside it:
#
#   tests/servers.sh run cargo nextest run --workspace
#
# The servers live in a temporary folder on free ports of 127.0.0.1 and end with the command, however it ends; the
# machine's own services are neither used nor touched. The command finds them in its environment:
#
#   DAOGOU_TEST_POSTGRES   postgres://postgres@127.0.0.1:PORT/postgres
#   DAOGOU_TEST_MARIADB    mysql://root@127.0.0.1:PORT/mysql
#   DAOGOU_TEST_REDIS      redis://127.0.0.1:PORT
#
# With DAOGOU_TEST_DURABLE=1 the databases flush what they commit, as they do where it matters; without, tests are faster.
#
# A variable that is already set is kept, and no server is started for it. A server that is not installed is left out
# and named in the file DAOGOU_NOT_RUN.
# shellcheck disable=SC2317 # what only traps call looks unreachable
set -euo pipefail

readonly START_SECONDS=90
readonly ATTEMPTS=5

home=
pids=()
preparing=()
# How each ends at once; what they hold is thrown away.
declare -A end_by=()

main() {
    if [[ ${1-} != run || $# -lt 2 ]]; then
        echo "usage: tests/servers.sh run <command…>" >&2
        exit 2
    fi
    shift
    trap stop_servers EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    # Not below TMPDIR: the databases run as their own users, who may not enter everybody's TMPDIR.
    home=$(mktemp -d /tmp/daogou-test.XXXXXX)
    chmod 755 "$home"

    # Filling the two data folders takes the time; starting does not.
    prepare_postgres & local postgres=$!
    prepare_mariadb & local mariadb=$!
    preparing=("$postgres" "$mariadb")
    [[ -n ${DAOGOU_TEST_REDIS-} ]] || start_redis || true
    if wait "$postgres" && [[ -z ${DAOGOU_TEST_POSTGRES-} ]]; then start_postgres || true; fi
    if wait "$mariadb" && [[ -z ${DAOGOU_TEST_MARIADB-} ]]; then start_mariadb || true; fi

    [[ -n ${DAOGOU_TEST_POSTGRES-} ]] || not_run PostgreSQL
    [[ -n ${DAOGOU_TEST_MARIADB-} ]] || not_run MariaDB
    [[ -n ${DAOGOU_TEST_REDIS-} ]] || not_run Redis
    run_command "$@"
}

# In a process group of its own, so that Ctrl-C and the end of this script reach everything the command has started.
run_command() {
    local status=0 child
    set -m
    "$@" &
    child=$!
    set +m
    trap 'stop_command INT 130' INT
    trap 'stop_command TERM 143' TERM HUP
    wait "$child" || status=$?
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    exit "$status"
}

# stop_command SIGNAL STATUS: the "child" is run_command's.
stop_command() {
    kill "-$1" -- "-$child" 2>/dev/null || true
    wait "$child" || true
    exit "$2"
}

stop_servers() {
    trap '' INT TERM HUP
    exec 2>/dev/null # the shell would report every server as killed
    local pid
    for pid in "${pids[@]}"; do
        kill "-${end_by[$pid]}" "$pid" || true
    done
    for pid in "${pids[@]}"; do
        wait_for_end "$pid" || kill -KILL "$pid" || true
    done
    wait "${preparing[@]}" || true
    [[ -z $home ]] || rm -rf "$home"
}

wait_for_end() {
    local _
    for _ in {1..50}; do
        kill -0 "$1" || return 0
        sleep 0.1
    done
    return 1
}

# ── PostgreSQL ────────────────────────────────────────────────────────────────────────────────────────────────────

prepare_postgres() {
    [[ -z ${DAOGOU_TEST_POSTGRES-} ]] || return 0
    local bin
    if ! bin=$(postgres_bin); then
        because PostgreSQL "there is no postgres program (Debian: postgresql)"
        return 1
    fi
    folder_for postgres "$home/postgres"
    if ! as postgres "$bin/initdb" --no-sync --auth=trust --username=postgres --encoding=UTF8 --locale=C.UTF-8 \
        --pgdata="$home/postgres" >"$home/initdb.log" 2>&1; then
        because PostgreSQL "initdb failed: $(tail -n 1 "$home/initdb.log")"
        return 1
    fi
}

start_postgres() {
    local bin port attempt flush=off
    [[ -z ${DAOGOU_TEST_DURABLE-} ]] || flush=on
    bin=$(postgres_bin)
    for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
        port=$(free_port)
        # QUIT: PostgreSQL ends at once and gives its shared memory back. fsync=off: a crash of the machine may lose
        # test data, a crash of the server loses nothing.
        launch QUIT postgres "$home/postgres.log" "$bin/postgres" -D "$home/postgres" -p "$port" \
            -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync="$flush" -c full_page_writes="$flush" \
            -c max_connections=400 -c shared_buffers=64MB -c timezone=UTC
        if answers "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; then
            export DAOGOU_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres"
            return 0
        fi
    done
    because PostgreSQL "it does not start: $(tail -n 1 "$home/postgres.log")"
}

# Debian keeps the server's programs out of PATH, one folder a version.
postgres_bin() {
    local found
    found=$(find /usr/lib/postgresql/*/bin /usr/local/bin /usr/bin -maxdepth 1 -name initdb 2>/dev/null | sort -V | tail -n 1)
    [[ -n $found ]] && dirname "$(readlink -f "$found")"
}

# ── MariaDB ───────────────────────────────────────────────────────────────────────────────────────────────────────

prepare_mariadb() {
    [[ -z ${DAOGOU_TEST_MARIADB-} ]] || return 0
    if ! command -v mariadb-install-db >/dev/null || ! mariadbd_program >/dev/null; then
        because MariaDB "there is no mariadbd program (Debian: mariadb-server)"
        return 1
    fi
    folder_for mysql "$home/mariadb"
    if ! as mysql mariadb-install-db --no-defaults --datadir="$home/mariadb" --auth-root-authentication-method=normal \
        --skip-test-db >"$home/mariadb-install.log" 2>&1; then
        because MariaDB "mariadb-install-db failed: $(tail -n 1 "$home/mariadb-install.log")"
        return 1
    fi
}

start_mariadb() {
    local port attempt flush=0
    [[ -z ${DAOGOU_TEST_DURABLE-} ]] || flush=1
    for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
        port=$(free_port)
        launch KILL mysql "$home/mariadb.log" "$(mariadbd_program)" --no-defaults --datadir="$home/mariadb" \
            --port="$port" --bind-address=127.0.0.1 --socket="$home/mariadb/socket" \
            --pid-file="$home/mariadb/pid" --character-set-server=utf8mb4 --max-connections=400 \
            --innodb-buffer-pool-size=128M --innodb-flush-log-at-trx-commit="$flush" --sync-binlog=0 --skip-log-bin \
            --default-time-zone=+00:00
        if answers mariadb-admin --no-defaults --silent --host=127.0.0.1 --port="$port" --user=root ping; then
            export DAOGOU_TEST_MARIADB="mysql://root@127.0.0.1:$port/mysql"
            return 0
        fi
    done
    because MariaDB "it does not start: $(tail -n 1 "$home/mariadb.log")"
}

mariadbd_program() {
    command -v mariadbd || PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mariadbd
}

# ── Redis ─────────────────────────────────────────────────────────────────────────────────────────────────────────

start_redis() {
    if ! command -v redis-server >/dev/null; then
        because Redis "there is no redis-server program (Debian: redis-server)"
        return 1
    fi
    local port attempt
    mkdir "$home/redis"
    for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
        port=$(free_port)
        launch KILL "" "$home/redis.log" redis-server --port "$port" --bind 127.0.0.1 --save "" --appendonly no \
            --dir "$home/redis"
        if answers redis_pong "$port"; then
            export DAOGOU_TEST_REDIS="redis://127.0.0.1:$port"
            return 0
        fi
    done
    because Redis "it does not start: $(tail -n 1 "$home/redis.log")"
}

redis_pong() (
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'PING\r\n' >&3
    read -r -t 2 answer <&3 && [[ $answer == +PONG* ]]
)

# ── Tools ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# launch SIGNAL USER LOG PROGRAM ARGS…: a server in the background that ends by SIGNAL. Where setpriv exists it also
# ends when this script is killed in a way that it cannot catch.
launch() {
    local signal=$1 user=$2 log=$3
    shift 3
    local before=()
    if command -v setpriv >/dev/null; then
        before=(setpriv --pdeathsig "$signal")
        if must_become "$user"; then before+=("--reuid=$user" "--regid=$(id -gn "$user")" --init-groups); fi
    elif must_become "$user"; then
        before=(runuser -u "$user" --)
    fi
    # In the folder of the test: the user of a database may not be allowed to stand where the caller stands.
    (cd "$home" && exec "${before[@]}" "$@") >"$log" 2>&1 </dev/null &
    pids+=("$!")
    end_by[$!]=$signal
}

# answers COMMAND…: waits until it succeeds; fails at once when the server started last has ended.
answers() {
    local deadline=$((SECONDS + START_SECONDS))
    while ((SECONDS < deadline)); do
        if "$@" >/dev/null 2>&1; then return 0; fi
        kill -0 "${pids[-1]}" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

# The databases refuse to run as root; their packages bring a user for each.
must_become() {
    [[ -n $1 && $(id -u) == 0 ]]
}

as() {
    local user=$1
    shift
    if must_become "$user"; then
        (cd "$home" && runuser -u "$user" -- "$@")
    else
        (cd "$home" && "$@")
    fi
}

folder_for() {
    mkdir "$2"
    chmod 700 "$2"
    if must_become "$1"; then chown "$1:" "$2"; fi
}

# Below the range that the system hands out by itself, so that only another server can take it meanwhile; then the
# start is tried again on the next one.
free_port() {
    local port
    while true; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}

# because SERVER REASON: why it is missing.
because() {
    echo "$2" >"$home/$1.why"
}

not_run() {
    local reason="it could not be started"
    if [[ -s $home/$1.why ]]; then reason=$(cat "$home/$1.why"); fi
    echo "NOT RUN: everything on $1: $reason" | tee -a "${DAOGOU_NOT_RUN:-/dev/null}" >&2
}

main "$@"
