# `make help` lists what there is. Everything runs in .venv, made from the locked requirements.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
WORKERS ?= 2
TESTS ?=
BIN := .venv/bin
# As a module, so that it finds the extraction method of babel.cfg.
BABEL := $(BIN)/python -m babel.messages.frontend --quiet
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes
LOCK := uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard app/translations/*/LC_MESSAGES/*.po))

export PORT
unexport PYTHONHOME PYTHONPATH

.PHONY: help run test test-sqlite test-postgresql torture bench lint format lock docs messages translations \
	venv runtime development

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: runtime translations ## Serve the demonstration on 127.0.0.1, PORT=8000
	@$(BIN)/flask --app wsgi setup --demo --address http://127.0.0.1:$(PORT)
	@exec $(BIN)/gunicorn -c gunicorn.conf.py wsgi:app

test: test-sqlite test-postgresql ## Run every test, on SQLite and on PostgreSQL (TESTS=path narrows)

test-sqlite: development translations ## Run the tests on SQLite
	$(BIN)/pytest -n $(WORKERS) --database sqlite $(TESTS)

# What TESTS names may touch no database at all: pytest's 5, "no tests", is right then.
test-postgresql: development translations ## Run the tests that touch a database on PostgreSQL
	$(BIN)/pytest -n $(WORKERS) --database postgresql $(TESTS) $(if $(TESTS),|| [ $$? -eq 5 ])

torture: development translations ## Run the long and hostile tests, on both databases
	$(BIN)/pytest -n $(WORKERS) -m torture --hypothesis-profile torture --database sqlite $(TESTS)
	$(BIN)/pytest -n $(WORKERS) -m torture --hypothesis-profile torture --database postgresql $(TESTS)

bench: runtime translations ## Measure against a bare Flask page on the same server
	$(BIN)/python -m bench

lint: development ## Check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: development ## Put the code in the common format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Resolve the dependencies of pyproject.toml anew (needs uv; UPGRADE=--upgrade takes newer ones)
	$(LOCK) $(UPGRADE) --output-file requirements.txt pyproject.toml
	$(LOCK) $(UPGRADE) --constraint requirements.txt --extra dev --output-file requirements-dev.txt pyproject.toml

docs: runtime ## Write the workflow diagrams of docs/workflows from the declarations
	$(BIN)/python -m workflows.diagram docs/workflows

# Babel leaves folders with an underscore out unless it is told otherwise, and keeps what is not used any more.
messages: runtime ## Collect the words of the screens into the catalogues
	@messages=$$(mktemp); trap 'rm -f "$$messages"' EXIT; \
	$(BABEL) extract -F babel.cfg -k lazy_gettext -k _l --ignore-dirs '.*' --no-location --sort-output \
		--project Vekha --output-file "$$messages" .; \
	$(BABEL) update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 100 \
		-i "$$messages" -d app/translations

translations: runtime $(CATALOGUES)

%.mo: %.po
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# The environment that exists is kept while its Python still runs.
venv:
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
			if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
				if ! $$python -c 'import ensurepip, venv' >/dev/null 2>&1; then \
					echo "make: $$python has no venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; \
					exit 1; \
				fi; \
				echo "Making .venv with $$($$python --version)"; \
				exec $$python -m venv --clear .venv; \
			fi; \
		done; \
		echo "make: Vekha needs Python 3.11 or newer; PYTHON=/path/to/python names one" >&2; \
		exit 1; \
	fi

# The lock that was installed is kept beside what it installed; the same lock needs no second installation.
runtime: venv
	@if ! cmp --silent requirements.txt .venv/requirements.txt; then \
		echo "Installing the locked dependencies"; \
		$(PIP) -r requirements.txt; \
		cp requirements.txt .venv/requirements.txt; \
	fi

development: runtime
	@if ! cmp --silent requirements-dev.txt .venv/requirements-dev.txt; then \
		echo "Installing the locked development dependencies"; \
		$(PIP) -r requirements-dev.txt; \
		cp requirements-dev.txt .venv/requirements-dev.txt; \
	fi
