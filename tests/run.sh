#!/usr/bin/env bash
# "make test": every check of the project, one after the other; all are run, whichever fails. At the end it says what
# failed and what could not run here and why. Under CI=true what could not run is a failure too.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=()

main() {
    DAOGOU_NOT_RUN=$(mktemp)
    export DAOGOU_NOT_RUN
    said=$(mktemp -d)
    trap 'rm -rf "$DAOGOU_NOT_RUN" "$said"' EXIT
    # Otherwise Ctrl-C would end the present check and go on with the next.
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP

    local folder=${CARGO_TARGET_DIR:-target} found name_and_value
    mkdir -p "$folder"
    found=$(tests/prepare.sh "$(cd "$folder" && pwd)")
    while read -r name_and_value; do
        [[ -z $name_and_value ]] || export "$name_and_value"
    done <<<"$found"

    step "formatting" cargo fmt --all -- --check
    step "clippy" cargo clippy --workspace --all-targets --locked -- -D warnings
    if cargo nextest --version >/dev/null 2>&1; then
        step "tests" tests/servers.sh run cargo nextest run --workspace --locked
    else
        step "tests" tests/servers.sh run cargo test --workspace --locked --lib --bins --tests
    fi
    # The programs that the tests were built with. The fixed seeds stay the same; the fresh ones are printed.
    step "chaos" "$folder/debug/daogou-chaos" --program "$folder/debug/daogou" --store all \
        --seeds fixed,fresh:5 --together 2 --not-run "$DAOGOU_NOT_RUN"
    step "doc tests" cargo test --workspace --locked --doc --quiet
    step "documentation" env RUSTDOCFLAGS="-D warnings" cargo doc --workspace --locked --no-deps --quiet
    if cargo deny --version >/dev/null 2>&1; then
        step "licences, bans, sources" cargo deny --offline --locked check licenses bans sources
    fi
    report
}

# step NAME COMMAND…
step() {
    local name=$1 begun=$SECONDS
    shift
    printf '\n── %s: %s\n' "$name" "$*"
    if "$@" 2>&1 | tee "$said/$name"; then
        printf '── %s: passed in %s s\n' "$name" "$((SECONDS - begun))"
    else
        printf '── %s: FAILED\n' "$name"
        failed+=("$name")
    fi
}

report() {
    echo
    local status=0
    if [[ -s $DAOGOU_NOT_RUN ]]; then
        sort -u "$DAOGOU_NOT_RUN" | sed -E 's/^(NOT RUN: )?/NOT RUN: /'
        # The samples from elsewhere are no part of the project: where they are not, that is said and no more.
        if [[ ${CI-} == true ]] && grep -qv '^samples: ' "$DAOGOU_NOT_RUN"; then
            echo "FAILED: under CI=true everything must run"
            status=1
        fi
    fi
    local pictures="${CARGO_TARGET_DIR:-target}/tmp/pages"
    if [[ -d $pictures ]]; then
        echo "pictures of every page of the console: $pictures"
    fi
    if ((${#failed[@]} > 0)); then
        local name
        # Where only the end of the output is kept, why it failed must stand there.
        for name in "${failed[@]}"; do
            printf 'FAILED: %s\n' "$name"
            grep -E 'FAIL|TIMEOUT|^error|panicked' "$said/$name" | tail -n 20 || true
        done
        status=1
    fi
    ((status == 0)) && echo "everything that ran passed ($SECONDS s)"
    exit "$status"
}

main "$@"
