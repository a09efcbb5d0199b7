#!/usr/bin/env bash
# check_shape.sh PROGRAM [--renew] : the SDK's shape, as PROGRAM (postato_sdk_shape) prints it, must be the
# one written down for this kAbiVersion. After kAbiVersion was raised, --renew writes down the new one.
set -euo pipefail
known=$(dirname "$0")/sdk_shape.txt
if [ "${2:-}" = --renew ]; then
    "$1" >"$known"
elif ! "$1" | diff -u "$known" -; then
    echo "The SDK's shape has changed: plugins built before it would call and read the wrong places." >&2
    echo "Raise kAbiVersion in sdk/include/postato/sdk/platform.hpp, then: $0 $1 --renew" >&2
    exit 1
fi
