#!/usr/bin/env bash
# The suites that gain from it under sanitizers, built with clang. scripts/test.sh runs both parts.
#
#   address  AddressSanitizer and UndefinedBehaviorSanitizer: unit and database suites, and ten
#            seconds of each fuzz target
#   thread   ThreadSanitizer: HTTP front, database pool, and the services with the refresh worker
#
# POSTATO_TEST_POSTGRES names a PostgreSQL to use beside SQLite.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/packages.sh
. scripts/lib/packages.sh
# shellcheck source=scripts/lib/build.sh
. scripts/lib/build.sh
ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_TEST[@]}"

export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=second_deadlock_stack=1

address() {
    build_preset asan -DPOSTATO_FUZZERS=ON -- \
        postato_{util,crypto,journal,audit,keys,net,http,accounts,api,db}_tests postato_fuzzers
    ctest --test-dir build/asan -j2 --output-on-failure --no-tests=error -R '^(unit/|db$|fuzz/)'
}

thread() {
    build_preset tsan -- postato_{http_front,audit,keys,accounts,db}_tests
    ctest --test-dir build/tsan --output-on-failure --no-tests=error -R '^(http_front|unit/audit|unit/keys|unit/accounts|db)$'
}

[ $# -gt 0 ] || set -- address thread
for part in "$@"; do
    case $part in
        address | thread) "$part" ;;
        *) echo "usage: scripts/test-sanitizers.sh [address] [thread]" >&2; exit 2 ;;
    esac
done
