# Everything works on a machine with nothing but Python 3.11 or later and make.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: help demo test check lint types imports wheel constraints clean

help:
	@echo "make demo     send a sample campaign through three sandboxes on this machine"
	@echo "make test     run the tests, with coverage"
	@echo "make check    lint, types and import contracts"
	@echo "make wheel    build the wheel into dist/"

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "outreach needs Python 3.11 or later; say  make PYTHON=/path/to/python")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . --group dev
	@touch $@

demo: $(READY)
	$(BIN)/outreach demo

test: $(READY)
	$(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered --cov-report=

check: lint types imports

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

wheel: $(READY)
	$(BIN)/python -m build --wheel

# Pins for people and CI; no file names a package registry's host.
constraints: $(READY)
	$(BIN)/python -m pip freeze --exclude-editable | sort --ignore-case > constraints.txt

clean:
	rm -rf $(VENV) dist build .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
