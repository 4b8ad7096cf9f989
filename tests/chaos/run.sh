#!/usr/bin/env bash
# "make chaos": builds the program and the harness and plays seeds against all three databases, 30 minutes by default:
#
#   tests/chaos/run.sh [ARGS…]        the arguments of daogou-chaos (see its --help), instead of the defaults
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=${CARGO_TARGET_DIR:-target}
mkdir -p "$folder"
# What the harness needs and the machine lacks, faketime for one.
tests/prepare.sh "$folder" >/dev/null
cargo build --locked -p daogou -p daogou-chaos
(($# > 0)) || set -- --store all --seeds 1- --minutes 30 --together 2
exec "$folder/debug/daogou-chaos" --program "$folder/debug/daogou" "$@"
