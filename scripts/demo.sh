#!/usr/bin/env bash
# Builds Postato, starts it with the sandbox of the five platforms, and says where to sign in.
# Ctrl-C stops both. A second run uses the build and the data of the first.
set -euo pipefail

usage() {
    cat <<'USAGE'
scripts/demo.sh [--json] [--data DIR] [--port N] [--sandbox-port N] [--database URL]

  --json            for scripts: one JSON line on standard output when everything is ready
  --data DIR        where database, keys and configuration go (default: .demo)
  --port N          port of Postato (default: the first free one from 8080)
  --sandbox-port N  port of the sandbox (default: the first free one from 8090); a sandbox that
                    already runs there is shared
  --database URL    postgresql://user@host/name instead of SQLite in the data directory

POSTATO_BUILD_DIR names a finished build to use instead of building.
USAGE
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
caller=$PWD
cd "$root"
# shellcheck source=scripts/lib/packages.sh
. scripts/lib/packages.sh
# shellcheck source=scripts/lib/build.sh
. scripts/lib/build.sh

json=false data=$root/.demo port='' sandbox_port='' database=''
fail() { echo "demo: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
    case $1 in
        --json) json=true; shift; continue ;;
        --help | -h) usage; exit 0 ;;
        --data | --port | --sandbox-port | --database) ;;
        *) usage >&2; exit 2 ;;
    esac
    [ $# -ge 2 ] || fail "$1 needs a value"
    case $1 in
        --data) data=$2; [[ $data = /* ]] || data=$caller/$data ;;
        --port) port=$2 ;;
        --sandbox-port) sandbox_port=$2 ;;
        --database) database=$2 ;;
    esac
    shift 2
done

# --- processes -------------------------------------------------------------------------------------

sandbox_pid='' postato_pid=''
stop_all() {
    # Postato first: it drains, and what it still finishes may need the sandbox.
    local pid
    for pid in $postato_pid $sandbox_pid; do
        kill -TERM "$pid" 2>/dev/null || continue
        wait "$pid" 2>/dev/null || true
    done
}
trap stop_all EXIT
trap 'exit 0' INT TERM

is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free_port() {
    local candidate
    for candidate in $(seq "$1" "$(($1 + 99))"); do
        if ! is_taken "$candidate"; then echo "$candidate"; return; fi
    done
    fail "no free port from $1 on; name one with --port or --sandbox-port"
}

# wait_for URL PID WHAT: until it answers, as long as the process lives.
wait_for() {
    until curl -fs -o /dev/null --max-time 2 "$1"; do
        kill -0 "$2" 2>/dev/null || fail "$3 did not start; its last lines stand above"
        sleep 0.1
    done
}

# field NAME: its text in the one-line JSON object on standard input.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# --- build -----------------------------------------------------------------------------------------

if [ -n "${POSTATO_BUILD_DIR:-}" ]; then
    build=$(cd "$caller" && cd "$POSTATO_BUILD_DIR" && pwd)
else
    ensure_packages "${PACKAGES_BUILD[@]}" "${PACKAGES_DEMO[@]}"
    build_preset release -DPOSTATO_TESTS=OFF
    build=$root/build/release
fi
postato=$build/bin/postato

# --- configuration ---------------------------------------------------------------------------------

[ -n "$port" ] || port=$(free_port 8080)
[ -n "$sandbox_port" ] || sandbox_port=$(free_port 8090)
url=http://127.0.0.1:$port
# Another host name on purpose: as with the real platforms, the sandbox is another site.
sandbox_url=http://localhost:$sandbox_port

umask 077
mkdir -p "$data/state"
data=$(cd "$data" && pwd)
config=$data/postato.ini

# platform ID AUTHORIZE TOKEN REVOKE API: a section whose addresses are the sandbox's.
platform() {
    cat <<SECTION

[platform.$1]
client_id = sandbox-$1
client_secret = sandbox-$1-secret
authorization_endpoint = $sandbox_url/$1$2
token_endpoint = $sandbox_url/$1$3
${4:+revocation_endpoint = $sandbox_url/$1$4
}api_base = $sandbox_url/$1$5
SECTION
}

cat >"$config" <<CONFIG
; Made by scripts/demo.sh, anew at each run.
[server]
listen = 127.0.0.1:$port
public_url = $url
state_directory = $data/state
dashboard_directory = $root/dashboard/static

[database]
url = ${database:-sqlite3://$data/postato.db}
migrations_directory = $root/sql/migrations

[encryption]
keyring_file = $data/keyring.json

[plugins]
directory = $build/plugins

[refresh]
confirm_after = 1
$(platform twitter /i/oauth2/authorize /2/oauth2/token /2/oauth2/revoke '')
$(platform linkedin /oauth/v2/authorization /oauth/v2/accessToken /oauth/v2/revoke '')
$(platform instagram /oauth/authorize /oauth/access_token '' '')
$(platform tiktok /v2/auth/authorize/ /v2/oauth/token/ /v2/oauth/revoke/ '')
$(platform youtube /o/oauth2/v2/auth /token /revoke '')
CONFIG
[ -e "$data/keyring.json" ] || "$postato" key init --config "$config" >&2

# --- start -----------------------------------------------------------------------------------------

if curl -fs -o /dev/null --max-time 2 "$sandbox_url/_sandbox/people?platform=twitter"; then
    echo "Sharing the sandbox that runs at $sandbox_url" >&2
else
    "$build/bin/postato-sandbox" --port "$sandbox_port" >&2 &
    sandbox_pid=$!
    wait_for "$sandbox_url/_sandbox/people?platform=twitter" "$sandbox_pid" "the sandbox"
fi
"$postato" serve --config "$config" >&2 &
postato_pid=$!
wait_for "$url/ready" "$postato_pid" "postato"

email=demo@example.com
state=$data/demo.json
# The data directory may be older than the database it is used with, so the key is tried.
if ! { [ -e "$state" ] &&
    printf 'header = "Authorization: Bearer %s"' "$(field apiKey <"$state")" |
    curl -fs -o /dev/null --config - "$url/v1/workspaces"; }; then
    workspace=$("$postato" workspace create "Demo" --config "$config" --json | field id)
    "$postato" user create --email "$email" --tenant-role owner --config "$config" --json >/dev/null
    key=$("$postato" api-key create --name demo --all --permission all --config "$config" --json |
        field key)
    printf '{"workspaceId":"%s","apiKey":"%s"}\n' "$workspace" "$key" >"$state"
fi
workspace=$(field workspaceId <"$state")
key=$(field apiKey <"$state")
sign_in=$("$postato" user login-link --email "$email" --config "$config" --json | field url)

if $json; then
    printf '{"url":"%s","signInUrl":"%s","sandboxUrl":"%s","workspaceId":"%s","apiKey":"%s","pid":%d}\n' \
        "$url" "$sign_in" "$sandbox_url" "$workspace" "$key" "$postato_pid"
else
    cat <<READY

Postato runs at $url, the sandbox of the five platforms at $sandbox_url.

  Sign in (once, within 15 minutes):
    $sign_in

  Or ask the API:
    curl -H 'Authorization: Bearer $key' $url/v1/workspaces/$workspace/accounts

Ctrl-C stops both.
READY
fi

# Ends with the first of the two; `wait` lets a signal in at once, and the trap stops what is left.
wait -n $postato_pid $sandbox_pid
