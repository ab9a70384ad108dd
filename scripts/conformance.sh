#!/usr/bin/env bash
# The conformance kit against batchemu and, beside it, moto's own server: conformance/REPORT.md.
# The arguments go to `python -m conformance`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh
PYTHONPATH=. exec .venv/bin/python scripts/compare.py "$@"
