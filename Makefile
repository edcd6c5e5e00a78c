# Everything runs in .venv, which is made from the lock. Python 3.11 or newer and make are all that is needed.

.DEFAULT_GOAL := help

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
JOBS ?= auto

.PHONY: help
help:
	@echo "make demo    grade a class of 60 invented submissions and print its table"
	@echo "make test    the tests, without the slow ones"
	@echo "make slow    the tests that take minutes: the whole gallery, otter run"
	@echo "make docker  otter grade and the zip on Gradescope, in real containers; skipped where there is no engine"
	@echo "make check   all of CI in one: format, lint, types, layers, every test, with branch coverage"
	@echo "make build   student_template/ and dist/ from assignments/ and reference/"
	@echo "make reproduce DATA=DIR   the documents' figures; DIR holds mnist/ and fashion/ in their original files"
	@echo "make lock    requirements.lock anew from pyproject.toml"
	@echo "make clean   away with .venv, dist and caches"

# The first of these that is 3.11 or newer makes the environment; make PYTHON=... chooses another.
.venv/locked: requirements.lock
	@for python in $${PYTHON:-python3 python3.13 python3.12 python3.11 python}; do \
	    if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        found="$$python"; break; \
	    fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "No Python 3.11 or newer with venv was found. Install one (Debian and Ubuntu: python3 and python3-venv)," \
	         "or name it: make PYTHON=/path/to/python3.11" >&2; \
	    exit 1; \
	fi; \
	rm -rf .venv; \
	echo "Making .venv with $$("$$found" -V). This happens once and takes a minute or two."; \
	"$$found" -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

.venv/ready: .venv/locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

.PHONY: demo
demo: .venv/ready
	@$(BIN)/autograder demo

.PHONY: test
test: .venv/ready
	@$(BIN)/python -m pytest -q -n $(JOBS)

.PHONY: slow
slow: .venv/ready
	@$(BIN)/python -m pytest -q -n $(JOBS) -m "slow and not docker"

.PHONY: docker
docker: .venv/ready
	@$(BIN)/python -m pytest -q -m docker tests/test_docker.py

.PHONY: lint
lint: .venv/ready
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: check
check: lint
	@$(BIN)/python -m pytest -q -n $(JOBS) -m "not docker" --cov --cov-branch --cov-report=term

.PHONY: build
build: .venv/ready
	@$(BIN)/autograder build

.PHONY: reproduce
reproduce: .venv/ready
	@test -n "$(DATA)" || { echo "make reproduce DATA=DIR: a folder with mnist/ and fashion/ in it is wanted" >&2; exit 2; }
	@$(BIN)/python -m benchmarks.reproduce "$(DATA)" $(REPRODUCE)

# The lock holds names, versions and hashes: no index and no path. uv lives in an environment of its own.
.PHONY: lock
lock: .venv/ready
	@$(BIN)/python -m venv .venv/uv
	@.venv/uv/bin/python -m pip --disable-pip-version-check --quiet install uv
	@.venv/uv/bin/uv --no-config pip compile pyproject.toml --extra build --extra dev \
	    --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock

.PHONY: clean
clean:
	@rm -rf .venv dist demo .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
