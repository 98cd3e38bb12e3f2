# Everything works on a machine with nothing but Python 3.11 or later and make.
# PYTHON is the first of these that is new enough; "make PYTHON=/path/to/python" takes another.
ifndef PYTHON
PYTHON := $(shell for one in python3 python3.14 python3.13 python3.12 python3.11 python; do \
  "$$one" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$one" && break; \
done)
endif
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: help demo test matrix prove mutants numbers bench check lint types imports wheel constraints clean

help:
	@echo "make demo     send a sample campaign through three sandboxes on this machine"
	@echo "make test     run the tests, with coverage"
	@echo "make mutants  break every line of the safety core, and see that a test fails; about half an hour"
	@echo "make prove    put faults in, and count who was contacted twice or lost; up to 40 minutes"
	@echo "make check    lint, types and import contracts"
	@echo "make bench    measure speed and memory against plain loops"
	@echo "make numbers  hold the fast reading of numbers against the library, five million times"
	@echo "make matrix   write docs/providers/matrix.md anew"
	@echo "make wheel    build the wheel into dist/"

PIP = python -m pip --quiet --no-input --disable-pip-version-check

# The pip that comes with Python 3.11 does not know --group yet, so pip itself goes first.
$(READY): pyproject.toml constraints.txt
	@"$(PYTHON)" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "outreach needs Python 3.11 or later, with venv and pip; say  make PYTHON=/path/to/python" >&2; exit 2; }
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/$(PIP) install --constraint constraints.txt --upgrade pip
	$(BIN)/$(PIP) install --constraint constraints.txt --editable '.[all]' --group dev
	@touch $@

demo: $(READY)
	$(BIN)/outreach demo

test: $(READY)
	$(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered --cov-report=

# The long form of tests/proofs: one table, at most 40 minutes on two cores. ONLY="kills network" takes some of them.
prove: $(READY)
	PYTHONPATH=tests/support:tests/proofs $(BIN)/python tests/proofs/prove.py --json prove.json $(ONLY)

# All mutants of the safety core; prove takes as many as ten minutes hold. PART="pace journal" takes some parts.
mutants: $(READY)
	PYTHONPATH=.:tests/support:tests/proofs $(BIN)/python tests/proofs/mutants.py $(PART)

# The long form of tests/contacts/test_number_agreement.py: five million cells, about ten minutes.
numbers: $(READY)
	$(BIN)/python tests/benchmarks/agreement.py

# Ratios against something measured in the same run, as a table and in bench.json; SCALE=0.1 takes a tenth of the rows.
SCALE ?= 1
bench: $(READY)
	$(BIN)/$(PIP) install --constraint constraints.txt --group bench
	$(BIN)/python tests/benchmarks/bench.py bench.json --scale $(SCALE)

# What each of our adapters can do and how far it has come; a test fails when the page is stale.
matrix: $(READY)
	$(BIN)/python -m outreach.testing.matrix contactswing tingting toingg twilio > docs/providers/matrix.md.new
	mv docs/providers/matrix.md.new docs/providers/matrix.md

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

# Pins for people and CI: the newest versions that go together, with the extras. Run it with the oldest Python that is
# supported; no file names a package registry's host.
constraints:
	rm -rf $(VENV)-fresh
	"$(PYTHON)" -m venv $(VENV)-fresh
	$(VENV)-fresh/bin/$(PIP) install --upgrade pip
	$(VENV)-fresh/bin/$(PIP) install --editable '.[all]' --group dev --group bench
	$(VENV)-fresh/bin/python -m pip freeze --all --exclude-editable --exclude setuptools | LC_ALL=C sort -f > constraints.txt
	rm -rf $(VENV)-fresh

clean:
	rm -rf $(VENV) $(VENV)-fresh dist build .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
