# `make install` once; then `make demo` or `make test`. CONTRIBUTING.md explains the rest.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
EXTRAS := build,circuits,codes,graphs,baselines,app,dev
PYTHON ?= python3.11 python3
UV ?= 0
WORKERS ?= 2
# Modules stay whole: what they share is made once and not once a worker.
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadscope

.DEFAULT_GOAL := help
.PHONY: help install demo test test-slow lint docs check matrix constraints clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1: \2/p' Makefile

install: $(STAMP)  ## set up .venv, once for every pyproject.toml and constraints.txt

$(BIN)/pip:
	@for python in $(PYTHON); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    "$$python" -m venv $(VENV) && exit 0 || exit 1; \
	  fi; \
	done; \
	echo "None of '$(PYTHON)' is Python 3.11 or newer. Install one, or name it: make install PYTHON=FILE" >&2; \
	exit 1

# pip unless UV=1: uv does not read pip's configuration, which may name the package index to use.
$(STAMP): pyproject.toml constraints.txt | $(BIN)/pip
	@if [ "$(UV)" = 1 ] && command -v uv >/dev/null; then \
	  uv pip install --python $(BIN)/python -c constraints.txt -e '.[$(EXTRAS)]'; \
	else \
	  $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'; \
	fi
	@touch $@

demo: install  ## small data sets, five baselines, their ranking
	$(BIN)/qslbench demo

test: install  ## the tests that take seconds
	$(PYTEST) -m "not slow and not browser"

test-slow: install  ## the slow tests and those that drive a browser
	$(PYTEST) -m "slow or browser"

lint: install  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: install  ## the documentation as a site in build/site; `.venv/bin/mkdocs serve` shows it while you write
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

check: lint test test-slow  ## everything that CI runs

matrix: install  ## read published files with the oldest and the newest libraries, some minutes
	$(BIN)/python -m benchmarks.readers

constraints: install  ## write constraints.txt anew from .venv
	@grep '^#' constraints.txt > $(VENV)/constraints.txt
	$(BIN)/python -m pip freeze --all --exclude-editable | sed -E -e '/^(pip|block2|mkl|mkl-include|intel-.*|onemkl.*|tbb|tcmlib|umf|physics-tenpy)==/d' -e 's/\+[A-Za-z0-9.]*$$//' >> $(VENV)/constraints.txt
	@mv $(VENV)/constraints.txt constraints.txt

clean:  ## remove caches and packages; .venv, data and results stay
	rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
