#!/usr/bin/env bash
# Builds everything and runs every suite; installs by itself what it needs. docs/status.md says what
# is not covered yet. The last line counts the suites.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib/packages.sh
. scripts/lib/build.sh
. scripts/lib/postgres.sh
ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}" "${PACKAGES_DEMO[@]}"
ensure_node

passed=0 failed=0
# suite NAME COMMAND... : runs one and counts it; a failure does not stop the others.
suite() {
    local name=$1
    shift
    echo "== $name"
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "== $name FAILED"
        failed=$((failed + 1))
    fi
}

# browser NAME FILE : one file of browser tests against the build just made.
browser() {
    (cd tests/browser && POSTATO_BUILD_DIR=$root/build/dev timeout 600 node --test "$1")
}

root=$PWD
scratch=$(mktemp -d)
chmod 755 "$scratch"  # the server runs as another user
trap 'stop_throwaway_postgres; rm -rf "$scratch"' EXIT

build_preset dev
start_throwaway_postgres "$scratch/postgres"
suite "C++ suites" ctest --preset dev --no-tests=error
suite "browser test packages" npm --prefix tests/browser ci --no-audit --no-fund
suite "dashboard in the browser" browser dashboard.test.mjs
suite "connecting in the browser" browser connect.test.mjs

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
