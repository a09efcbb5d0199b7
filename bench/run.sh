#!/usr/bin/env bash
# Measures Postato against what it cannot beat, in one run: see README.md.
#
#   bench/run.sh [--quick] [--json]
#
#   --quick   a few seconds each, to see that it works; the figures mean little
#   --json    one JSON line on standard output instead of the table
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/packages.sh
. scripts/lib/packages.sh
# shellcheck source=scripts/lib/build.sh
. scripts/lib/build.sh
# shellcheck source=scripts/lib/postgres.sh
. scripts/lib/postgres.sh

for option in "$@"; do
    case $option in
        --quick | --json) ;;
        *) sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2; exit 2 ;;
    esac
done

ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_BENCH[@]}" "${PACKAGES_DEMO[@]}"
ensure_node
build_preset release -DPOSTATO_TESTS=OFF

scratch=$(mktemp -d)
chmod 755 "$scratch"  # the server runs as another user
trap 'stop_throwaway_postgres; rm -rf "$scratch"' EXIT
start_throwaway_postgres "$scratch/postgres"
POSTATO_BUILD_DIR=$PWD/build/release POSTATO_BENCH_SCRATCH=$scratch node bench/measure.mjs "$@"
