# Needs only python3 (3.11 or newer, with venv) and make. `make help` lists the commands.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

# Only these files are collected for the slow tests: to collect all takes each worker 20 seconds.
SLOW = tests/browser $$(grep -rl --include='test_*.py' 'mark\.slow' tests)

.DEFAULT_GOAL := help
.PHONY: help demo test explore test-all test-rest check fix bench docs pictures web browser lock clean
.DELETE_ON_ERROR:

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# A stamp is written last, so that a step which failed half-way is done again.
$(VENV)/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "python3 is %s; Stroomstad needs 3.11 or newer. Give another with PYTHON=..." % sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp requirements.txt pyproject.toml
	$(PIP_INSTALL) --require-hashes --requirement requirements.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.txt
	$(PIP_INSTALL) --require-hashes --requirement requirements-dev.txt
	$(PIP_INSTALL) --no-deps --no-build-isolation --editable examples/component
	touch $@

# Node comes with the requirements for developers, so that the bundle is built alike everywhere.
web/node_modules/stamp: $(VENV)/dev.stamp web/package.json web/package-lock.json
	cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent
	touch $@

demo: $(VENV)/run.stamp ## open data of Almere in, map and table of room for homes out
	$(BIN)/stroomstad demo

test: $(VENV)/dev.stamp ## unit, law, reference and small end-to-end tests (some 7 minutes)
	$(BIN)/python -m pytest -n 2 -m "not slow"

explore: $(VENV)/dev.stamp ## laws on examples drawn anew; run it as often as you like
	STROOMSTAD_LAWS=explore $(BIN)/python -m pytest -n 2 tests/properties

test-all: ## everything CI runs: adds the whole of Almere, style, types and docs
	$(MAKE) test
	$(MAKE) test-rest

test-rest: $(VENV)/dev.stamp ## what test-all adds to test
	$(MAKE) --jobs 2 check docs web
	$(MAKE) browser
	$(BIN)/python -m pytest -n 2 --no-loadscope-reorder -m slow $(SLOW)

check: $(VENV)/dev.stamp ## style, types, import laws, spelling, unused dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/deptry src

web: web/node_modules/stamp ## test the picture, build it anew, and compare that with what is committed
	cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check
	cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent build
	git diff --exit-code --stat -- src/stroomstad/api/static
	test -z "$$(git status --porcelain -- src/stroomstad/api/static)"

browser: web/node_modules/stamp ## install a browser for the tests, where there is none
	@command -v chromium > /dev/null || { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium libegl-mesa0 libgl1-mesa-dri; }

fix: $(VENV)/dev.stamp ## format, and mend what can be mended safely
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev.stamp ## time, memory and ns per node-step of power flow and search, as text and JSON
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/search.py
	$(BIN)/python benchmarks/sweep.py

docs: $(VENV)/dev.stamp ## build the documentation; warnings are errors
	$(BIN)/python docs/make_reference.py
	$(BIN)/python docs/make_validation.py
	$(BIN)/sphinx-build --quiet --fail-on-warning --nitpicky -b html docs docs/_build/html

pictures: $(VENV)/dev.stamp ## run Almere anew for the pictures and numbers in the documents (long)
	$(BIN)/python docs/make_band.py
	$(BIN)/python docs/make_grid.py
	$(BIN)/python docs/make_limits.py
	$(BIN)/python docs/make_phases.py
	$(BIN)/python docs/make_plan.py

lock: $(VENV)/dev.stamp ## pin and hash the requirements anew (asks the package index)
	$(COMPILE) --upgrade requirements.in -o requirements.txt
	$(COMPILE) --upgrade --no-strip-extras --constraint requirements.txt requirements-dev.in -o requirements-dev.txt

clean: ## remove what the commands made, runs included
	rm -rf $(VENV) web/node_modules runs plans docs/_build bench.json bench_sweep.json .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
