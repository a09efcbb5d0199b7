#!/usr/bin/env bash
# Builds everything and runs every suite; installs by itself what it needs. The last line counts the
# suites.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/packages.sh
. scripts/lib/packages.sh
# shellcheck source=scripts/lib/build.sh
. scripts/lib/build.sh
# shellcheck source=scripts/lib/postgres.sh
. scripts/lib/postgres.sh
ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}" "${PACKAGES_DEMO[@]}"
ensure_node

passed=0 failed=0
# suite NAME COMMAND... : runs one and counts it; a failure does not stop the others.
suite() {
    local name=$1 started=$SECONDS
    shift
    echo "== $name"
    if "$@"; then
        passed=$((passed + 1))
        echo "== $name: passed in $((SECONDS - started)) s"
    else
        failed=$((failed + 1))
        echo "== $name: FAILED after $((SECONDS - started)) s"
    fi
}

# node_suite FOLDER [OPTION or PATTERN...] : tests for Node.js against the build just made.
node_suite() {
    local folder=$1
    shift
    (
        cd "tests/$folder" && npm ci --no-audit --no-fund &&
            # shellcheck disable=SC2048,SC2086  # patterns are meant, of files in that folder
            POSTATO_BUILD_DIR=$root/build/dev timeout 1200 node --test $*
    )
}

root=$PWD
scratch=$(mktemp -d)
chmod 755 "$scratch"  # the server runs as another user
trap 'stop_throwaway_postgres; rm -rf "$scratch"' EXIT

build_preset dev
start_throwaway_postgres "$scratch/postgres"
suite "C++ suites" ctest --preset dev --no-tests=error
suite "real processes" node_suite functional --test-concurrency=2
suite "dashboard in the browser" node_suite browser 'dashboard/*.test.mjs'
suite "connecting in the browser" node_suite browser connect.test.mjs
suite "chaos, short profile" env POSTATO_BUILD_DIR="$root/build/dev" \
    timeout 900 node tests/chaos/run.mjs --profile short
suite "under AddressSanitizer, and fuzzing" scripts/test-sanitizers.sh address
suite "under ThreadSanitizer" scripts/test-sanitizers.sh thread

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
