# Two commands to know: make demo, and make test. Python 3.11 is all they need.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip
CODE := smarthub tests
# A machine may forbid Python to keep what it compiled; then every process would do it anew.
unexport PYTHONDONTWRITEBYTECODE
# The workers of the tests. Each browser worker has a demo of its own, for whole files.
WORKERS ?= 2

.PHONY: demo demo-reset test test-full check fix e2e messages screens lock sample-bills install install-dev assets browser
.DEFAULT_GOAL := demo

# The environment: made again only when a lock file, or what the project needs, has changed.

$(BIN)/uv: requirements/uv.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "Python 3.11 is needed: PYTHON=/path/to/python3.11 make")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	touch $@

$(VENV)/runtime.stamp: $(BIN)/uv requirements/runtime.txt pyproject.toml
	$(call sync,requirements/runtime.txt)

$(VENV)/dev.stamp: $(BIN)/uv requirements/runtime.txt requirements/dev.txt pyproject.toml
	$(call sync,requirements/runtime.txt requirements/dev.txt)
	touch $(VENV)/runtime.stamp

define sync
@echo "Installing what $(1) lock"
VIRTUAL_ENV=$(VENV) $(UV) install --quiet --require-hashes $(foreach file,requirements/uv.txt $(1),-r $(file))
VIRTUAL_ENV=$(VENV) $(UV) install --quiet --no-deps --no-build-isolation --editable .
touch $@
endef

install: $(VENV)/runtime.stamp
install-dev: $(VENV)/dev.stamp

# The demo.

demo: install
	$(BIN)/smarthub demo $(if $(PORT),--port $(PORT)) $(DEMO_OPTIONS)

demo-reset: install
	$(BIN)/smarthub demo-reset
	$(BIN)/smarthub demo $(if $(PORT),--port $(PORT)) $(DEMO_OPTIONS)

# The tests.

assets: install-dev
	SMARTHUB_DEMO=1 DJANGO_SETTINGS_MODULE=smarthub.config.settings $(BIN)/python -m django build_assets --with-tools

browser:
	@bash tests/e2e/get_browser.sh

test: assets browser
	$(BIN)/pytest -n $(WORKERS) -m "not e2e and not crash"
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "e2e or crash" -p no:randomly
	$(BIN)/smarthub bench rating --shapes

test-full: assets browser
	$(BIN)/pytest -n $(WORKERS) -m "not e2e and not crash"
	SMARTHUB_TEST_FULL=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile -m "e2e or crash" -p no:randomly

e2e: assets browser
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m e2e -p no:randomly

# The checks of the house, each with its one job.

check: export SMARTHUB_TEST = 1
check: export DJANGO_SETTINGS_MODULE = tests.settings_checks
check: install-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'smarthub/*.html')
	$(BIN)/djlint --lint --quiet smarthub
	$(BIN)/python -m tests.check_migrations
	$(BIN)/deptry smarthub
	$(BIN)/codespell
	$(BIN)/python -m pip check

fix: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade --target-version 5.2 $$(git ls-files 'smarthub/*.html') || true

messages: install-dev
	SMARTHUB_DEMO=1 DJANGO_SETTINGS_MODULE=smarthub.config.settings $(BIN)/python -m django extract_messages
	SMARTHUB_DEMO=1 DJANGO_SETTINGS_MODULE=smarthub.config.settings $(BIN)/python -m django compile_catalogue

# Every page in every state, as a picture: some twenty minutes. Fewer with PAGES="home bill" or
# with KEPT=1, the five looks git keeps of the twelve; CHECK=1 only names what is missing.

screens: $(if $(CHECK),install-dev,assets browser)
	$(BIN)/python -m tests.e2e.screens $(if $(CHECK),--check) $(if $(KEPT),--kept) $(PAGES:%=--only %)

# The sample bills in docs, as pictures.

sample-bills: install-dev
	SMARTHUB_TEST=1 DJANGO_SETTINGS_MODULE=tests.settings_checks $(BIN)/python -m tests.billing.sample_pictures

# The lock files name no host; run this where packages may be looked up.

lock: $(BIN)/uv
	$(UV) compile --quiet --generate-hashes --no-emit-index-url --no-header requirements/uv.in -o requirements/uv.txt
	$(UV) compile --quiet --generate-hashes --no-emit-index-url --no-header requirements/runtime.in -o requirements/runtime.txt
	$(UV) compile --quiet --generate-hashes --no-emit-index-url --no-header -c requirements/runtime.txt requirements/dev.in -o requirements/dev.txt
