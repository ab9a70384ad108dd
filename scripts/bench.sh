#!/usr/bin/env bash
# The benchmarks, with a Docker engine at hand. The arguments go to `python -m benchmarks`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh
exec .venv/bin/python scripts/engine.py run --image amazonlinux -- .venv/bin/python -m benchmarks "$@"
