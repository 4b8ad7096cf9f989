#!/usr/bin/env bash
# "make bench": builds the server and the bench as a user would, prepares what the comparison needs, and runs.
#
#   benches/run.sh [spine] [--rounds N] [--seconds S] [--markdown FILE] …     (daogou-bench --help names all)
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
    cargo build --release --locked -p daogou -p daogou-bench
    local folder=${CARGO_TARGET_DIR:-target}
    folder=$(cd "$folder" && pwd)
    local arguments=("$@") python
    if python=$(peer_environment "$folder/bench-python"); then arguments+=(--python "$python"); fi
    if wants_servers "$@"; then
        DAOGOU_TEST_DURABLE=1 exec tests/servers.sh run "$folder/release/daogou-bench" "${arguments[@]}"
    fi
    exec "$folder/release/daogou-bench" "${arguments[@]}"
}

# Only the stampede runs on the database servers.
wants_servers() {
    local argument
    for argument in "$@"; do
        case $argument in
            spine | limits | idle | growth | workbench) return 1 ;;
        esac
    done
    return 0
}

# The peer's Python, with what a user would install; fails where that cannot be had.
peer_environment() {
    local python=$1/bin/python
    local needed='import wechatpy, cryptography, fastapi, uvicorn, uvloop, httptools'
    if ! "$python" -c "$needed" 2>/dev/null; then
        rm -rf "$1"
        {
            python3 -m venv "$1" &&
                "$python" -m pip install --quiet --disable-pip-version-check wechatpy==1.8.18 "cryptography>=42" \
                    fastapi==0.165.0 "uvicorn[standard]==0.54.0"
        } >&2 || true
    fi
    "$python" -c "$needed" 2>/dev/null && echo "$python"
}

main "$@"
