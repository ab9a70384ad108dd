#!/usr/bin/env bash
# Have a client of AWS Batch that tests/clients drives, and print the folder that it is in.
#
#     clients.sh js             the JavaScript SDK, as tests/clients/js/package-lock.json names it
#     clients.sh aiobotocore    aiobotocore with the botocore that it wants, which is not .venv's
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/apt.sh

# Node.js 20 is what @aws-sdk/client-batch asks for.
node_works() { node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null; }

make_js() {
    if ! node_works; then
        ! can_apt || apt_install nodejs npm >&2
        node_works || fail "The tests of the JavaScript SDK need Node.js 20 or newer with npm: install them (Debian and Ubuntu: apt-get install nodejs npm)."
    fi
    cp tests/clients/js/package.json tests/clients/js/package-lock.json "$folder"
    (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error) >"$folder/npm.log" 2>&1 </dev/null || {
        tail -n 8 "$folder/npm.log" >&2
        fail "npm could not install the JavaScript SDK; is the package registry reachable?"
    }
}

make_aiobotocore() {
    .venv/bin/python -m venv --clear "$folder"
    "$folder/bin/python" -m pip install --disable-pip-version-check --no-input --quiet \
        -r tests/clients/aiobotocore.txt >"$folder/pip.log" 2>&1 </dev/null || {
        tail -n 8 "$folder/pip.log" >&2
        fail "pip could not install aiobotocore; is the package index reachable?"
    }
}

case ${1:-} in
js) made_from=tests/clients/js/package-lock.json ;;
aiobotocore) made_from=tests/clients/aiobotocore.txt ;;
*) fail "Usage: clients.sh js | aiobotocore" ;;
esac

folder=.engine/clients/$1
mkdir -p "$folder"
if command -v flock >/dev/null; then
    # Tests in several processes: the second waits, then finds all done.
    exec 9>"$folder.lock"
    flock 9
fi
if ! cmp -s "$made_from" "$folder/stamp"; then
    "make_$1"
    cp "$made_from" "$folder/stamp"
fi
say "$PWD/$folder"
