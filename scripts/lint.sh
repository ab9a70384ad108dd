#!/usr/bin/env bash
# Format, style, types and layers; all of them run, and the exit code tells whether all were content.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
bin=.venv/bin
failed=0

check() {
    printf '%s\n' "lint: $1"
    shift
    "$@" || failed=1
}

check "ruff check" "$bin/ruff" check --quiet .
check "ruff format" "$bin/ruff" format --check --quiet .
check "mypy" "$bin/mypy" --no-error-summary
check "mypy scripts" "$bin/mypy" --no-error-summary scripts/*.py
check "layers" "$bin/lint-imports" --no-logo
exit "$failed"
