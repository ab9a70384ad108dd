# `make` lists the targets. Each does all of its own set-up.
#
#   ARGS    handed on: make test ARGS="tests/core -k retry"
#   PYTHON  the interpreter for .venv: make test PYTHON=python3.12
#   ENGINE  make test ENGINE=none: do not ask for a Docker engine

.DEFAULT_GOAL := help
.PHONY: help demo test conformance fuzz stress bench lint venv clean
ARGS ?=
export PYTHON ENGINE

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Run a job and a dependent job in real containers, through the real aws command
	@scripts/demo.sh $(ARGS)

test: ## Lint, then all tests (ARGS="..." goes to pytest)
	@scripts/test.sh $(ARGS)

conformance: ## Compare batchemu, and moto beside it, with what AWS does: conformance/REPORT.md
	@scripts/conformance.sh $(ARGS)

fuzz: venv ## Ask for 280,000 things at random, others each time (ARGS="..." goes to pytest)
	@BATCHEMU_FUZZ=fresh .venv/bin/python -m pytest -s tests/fuzz $(ARGS)

stress: venv ## Give the state machine 300,000 random inputs (10 minutes; ARGS="..." goes to pytest)
	@BATCHEMU_STRESS=yes .venv/bin/python -m pytest tests/core/test_properties.py $(ARGS)

bench: ## Run the benchmarks (ARGS="..." goes to them)
	@scripts/bench.sh $(ARGS)

lint: venv ## Format, style, types and layers
	@scripts/lint.sh

venv: ## Make .venv, or bring it up to date
	@scripts/setup.sh

clean: ## Remove what the other targets made: stand-in images, .venv, caches, logs
	@if [ -x .venv/bin/python ]; then .venv/bin/python scripts/engine.py stop; \
		.venv/bin/python scripts/engine.py image-clean; fi
	@rm -rf .venv .engine .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
