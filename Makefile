# make run [PORT=8400]: a living desk on a sample forum · make check: the quick tests · make test: all, as CI
# make cover: the same with the lines that no test reaches (half as long again) · make bench: figures
# make guards: each guard taken out, and whether a test notices (an hour)
# Needs python3 (3.11 or newer) with venv, make, and the package registries.

PYTHON ?= python3
PORT ?= 8400
# of the tests, which wait for other processes much of the time: one more than two cores
WORKERS ?= 3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
INSTALL := $(BIN)/python install.py

# tests start hundreds of processes: where the bytecode may not be kept, each compiles the house anew
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run check test cover guards lint bench docs clean

run: $(STAMP)
	@$(BIN)/piyao demo --port $(PORT)

check: $(TEST_STAMP) lint
	@$(BIN)/pytest -m "not (slow or store or hypothesis)" -n 2 --dist worksteal --ignore tests/browser \
	    --ignore tests/contract --ignore tests/reliability

test: $(TEST_STAMP) lint
	@PYTHON=$(BIN)/python tests/setup.sh
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

cover: $(TEST_STAMP)
	@PYTHON=$(BIN)/python tests/setup.sh
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --cov --cov-report=term:skip-covered

guards: $(TEST_STAMP)
	@$(BIN)/python -m tests.without_guards --jobs 2 $(WORDS)

lint: $(TEST_STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(TEST_STAMP)
	@$(BIN)/python -m benchmarks

docs: $(STAMP)
	@$(BIN)/python docs/draw.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Piyao needs Python 3.11 or newer; name one: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	    { echo "This python3 has no venv; install it first (Debian: apt-get install python3-venv)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(STAMP): setup.cfg constraints.txt | $(VENV)/bin/python
	@echo "Installing Piyao into $(VENV) …"
	@$(INSTALL) -e .
	@$(BIN)/python -W ignore -m pip uninstall --quiet --yes setuptools 2>/dev/null || true
	@touch $@

$(TEST_STAMP): $(STAMP)
	@$(INSTALL) -e '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
