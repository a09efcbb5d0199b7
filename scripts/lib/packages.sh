# The one list of Debian packages, by purpose, and how they get installed. Sourced by the scripts.
# shellcheck shell=bash

PACKAGES_BUILD=(
    g++ cmake ninja-build ccache pkg-config
    libpoco-dev libsoci-dev libpq-dev libsqlite3-dev libssl-dev libsodium-dev
    libboost-dev nlohmann-json3-dev prometheus-cpp-dev
)
PACKAGES_DEMO=(curl)
PACKAGES_TEST=(
    libboost-test-dev clang libclang-rt-dev libfaketime
    postgresql postgresql-client sqlite3 chromium procps openssl
)
PACKAGES_BENCH=(nginx-light wrk postgresql-contrib)
# Debian's Node.js comes with many packages; a node that is already there, from wherever, will do.
PACKAGES_NODE=(nodejs npm)

# ensure_packages PACKAGE... : installs those that are missing, as root or by sudo; silent when
# nothing is missing.
ensure_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "Installing ${missing[*]}" >&2
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            { echo "Missing packages: ${missing[*]}. Install them as root, then run this again." >&2; return 1; }
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -q >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

ensure_node() {
    if command -v node >/dev/null && command -v npm >/dev/null; then return; fi
    ensure_packages "${PACKAGES_NODE[@]}"
}
