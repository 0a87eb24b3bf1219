# Muster. `make help` lists what there is; the first use of any target sets up .venv from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo cluster serve test unit faults lint types format bench bench-cluster docs vendor pictures lock clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Muster needs Python 3.11 or newer; try: make PYTHON=python3.12 demo")'
	@$(PYTHON) -m venv $(VENV) || { echo "python3 has no venv module; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing into $(VENV) (about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $(READY)

setup: $(READY) ## Install everything into .venv

demo: $(READY) ## Play the Yichun lockdown live in this terminal (Ctrl-C ends it)
	@$(BIN)/muster demo $(ARGS)

cluster: $(READY) ## Run Kafka, PostgreSQL, two APIs and two projectors here, and play the lockdown into them
	@$(BIN)/muster cluster --play yichun $(ARGS)

serve: $(READY) ## Run the service on 127.0.0.1:8080
	@$(BIN)/muster serve $(ARGS)

# The OpenAPI's operations share one test id, so they cannot be spread over processes; and what is timed runs alone.
TIMED := tests/browser/test_weight.py tests/browser/test_scale.py
test: $(READY) ## Lint, types and every test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/pytest tests/api/test_openapi.py
	@$(BIN)/pytest $(TIMED)
	@$(BIN)/pytest -n 2 --dist loadfile --ignore tests/api/test_openapi.py $(TIMED:%=--ignore %) $(ARGS)

unit: $(READY) ## Only the fast tests of the pure core
	@$(BIN)/pytest tests/unit $(ARGS)

faults: $(READY) ## Kill and freeze every process of a cluster, 200 rounds (about half an hour)
	@MUSTER_FAULTS=$${ROUNDS:-200} MUSTER_BROKER_DOWN=60 $(BIN)/pytest -s tests/cluster/test_process_faults.py $(ARGS)

lint: $(READY) ## Format and lint
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

types: $(READY) ## Type-check
	@$(BIN)/pyright

bench: $(READY) ## Measure speed, each figure beside its limit in the same run
	@$(BIN)/python -m bench $(ARGS)

bench-cluster: $(READY) ## The same for a cluster (about five minutes)
	@$(BIN)/python -m bench.cluster $(ARGS)

docs: $(READY) ## Generate the catalogues in docs/ from the code
	@$(BIN)/python -m services.docs

pictures: $(READY) ## Retake the pictures of docs/pictures (needs Chromium)
	@$(BIN)/pytest -q --timeout 900 tests/browser/pictures.py $(ARGS)

vendor: $(READY) ## Fetch the console's browser libraries again (needs npm)
	@$(BIN)/python scripts/vendor.py

lock: $(READY) ## Renew requirements.lock from pyproject.toml (needs uv)
	@uv pip compile pyproject.toml --group dev --all-extras --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --upgrade --quiet --output-file requirements.lock

clean: ## Remove .venv and caches (never your data)
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
