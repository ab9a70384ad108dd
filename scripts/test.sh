#!/usr/bin/env bash
# Lint, then the tests with a Docker engine at hand. The arguments go to pytest.
#
# ENGINE=none runs the tests without asking for an engine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh

run=(.venv/bin/python scripts/engine.py run --image amazonlinux --busybox --)
[ "${ENGINE:-}" != none ] || run=()

if scripts/lint.sh; then
    exec "${run[@]}" .venv/bin/python -m pytest "$@"
fi
printf '%s\n' "lint: FAILED (see above); the tests run all the same."
"${run[@]}" .venv/bin/python -m pytest "$@" || exit
printf '%s\n' "The tests passed, but lint failed (see its lines above the tests)." >&2
exit 1
