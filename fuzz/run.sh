#!/usr/bin/env bash
# "make fuzz": runs every target for SECONDS, one after the other, beginning with the committed corpus; what is found on the
# way is kept in found/ and is no part of the project. Ends at the first input that breaks a promise and says where it lies.
#
# Needs cargo-fuzz (cargo install cargo-fuzz --locked). Instrumentation is not part of stable Rust: RUSTC_BOOTSTRAP lets the
# stable compiler do it. SANITIZER=none where AddressSanitizer does not work.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-600}
export RUSTC_BOOTSTRAP=1

for target in query xml json decrypt reply words; do
    printf '\n── %s for %s s\n' "$target" "$seconds"
    mkdir -p "fuzz/found/$target"
    cargo fuzz run --sanitizer "${SANITIZER:-address}" "$target" "fuzz/found/$target" "fuzz/corpus/$target" -- \
        -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -verbosity=1
done
