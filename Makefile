# `make help` lists what can be asked for. Needed: Python 3.11 or newer and make; a C compiler only
# where a package has no ready-made build for this machine.

.DEFAULT_GOAL := help
.PHONY: help setup run demo test test-fast lint format i18n bench sure lock
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev

# A moved or half-made environment is made again.
ifneq ($(shell $(PY) -c 'print("works")' 2>/dev/null),works)
$(shell rm -f $(RUN_READY) $(DEV_READY))
endif

# Processes that share one suite (pytest -n). 0 runs it in one process.
JOBS ?= 2

# $(call install,requirements file): makes the environment when it is missing or broken, then
# installs exactly what the file locks. --no-deps, because the lock holds everything: older pips
# look for an extra (coverage[toml]) at the index, find a newer release than the locked one there,
# and refuse it for its hash.
define install
	@if ! $(PY) -c '' >/dev/null 2>&1; then \
	  found=; \
	  for python in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11; do \
	    if [ -n "$$python" ] && "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	      >/dev/null 2>&1; then found=$$python; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "Python 3.11 or newer is needed and was not found. Install it (on Debian or Ubuntu:" >&2; \
	    echo "apt install python3 python3-venv), or name it: make $(or $(MAKECMDGOALS),run) PYTHON=/path/to/python3.12" >&2; \
	    exit 1; \
	  fi; \
	  echo "Making $(VENV) with $$("$$found" --version) …"; \
	  if ! "$$found" -m venv --clear $(VENV); then \
	    rm -rf $(VENV); \
	    echo "This Python cannot make environments. On Debian or Ubuntu: apt install python3-venv" >&2; \
	    exit 1; \
	  fi; \
	fi
	@echo "Installing $(1) (a minute or two the first time) …"
	@$(PY) -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes -r $(1)
	@touch $@
endef

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

$(RUN_READY): requirements.txt
	$(call install,requirements.txt)

$(DEV_READY): requirements-dev.txt $(RUN_READY)
	$(call install,requirements-dev.txt)

setup: $(DEV_READY) ## Install everything for working on the program, Chromium included
	@$(PY) tests/browser_install.py

# exec, so that the supervisor is make's own child and sees what happens to make.
run: $(RUN_READY) ## Start the site with demonstration data (HOST, PORT, DATABASE_URL … are read)
	@exec $(PY) -m marketplace.supervisor --follow-parent

demo: $(RUN_READY) ## Load the demonstration data into an empty database
	@$(PY) -m flask --app wsgi demo

test: $(DEV_READY) ## Run all tests: on SQLite, on PostgreSQL, and the journeys in a browser
	@$(PY) tests/browser_install.py
	@$(PY) tests/run_all.py --jobs $(JOBS)

test-fast: $(DEV_READY) ## Run the quick tests on SQLite only
	@$(PY) -m pytest -n $(JOBS) -m "not browser and not slow"

lint: $(DEV_READY) ## Check style, types, import contracts, templates and catalogues
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) $(VENV)/bin/lint-imports
	$(PY) -m djlint --lint --quiet marketplace/templates
	$(PY) -m flask --app wsgi i18n check

format: $(DEV_READY) ## Put the Python files into their one form
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

i18n: $(DEV_READY) ## Extract the texts and update the translation catalogues
	@$(PY) -m flask --app wsgi i18n update

bench: $(DEV_READY) ## Measure the hot paths and write docs/performance.md
	@$(PY) -m bench

sure: lint ## Lint, then all tests with full counts and branch coverage (long)
	@$(PY) tests/browser_install.py
	@$(PY) tests/run_all.py --jobs $(JOBS) --full

lock: $(DEV_READY) ## Compile the locked requirements from the ranges in pyproject.toml
	$(PY) -m uv $(LOCK) --output-file requirements.txt
	$(PY) -m uv $(LOCK) --constraints requirements.txt --group dev --output-file requirements-dev.txt

LOCK = pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
