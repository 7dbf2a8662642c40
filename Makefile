# Thin words over the program itself. Needs Python 3.11 or newer, git and make; everything else is fetched by name,
# version and hash from the package index into .venv.

PYTHON ?= python3
UV_VERSION = 0.13.9
BIN = .venv/bin
WORKERS ?= 2

.PHONY: demo test coverage lint bench mutants engines pins docs clean screenshots

## demo: build a workspace from the sample cases (or DATA=folder) and open the app; HEADLESS=1 stops before serving
demo: .venv/.run
	$(BIN)/casegraph demo $(if $(DATA),--data "$(DATA)") $(if $(WORKSPACE),--workspace "$(WORKSPACE)") $(if $(HEADLESS),--headless)

## test: every test, the real MongoDB and Neo4j included where they can be had
test: .venv/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

## coverage: every test with its lines and branches counted; rows in benchmarks/results, table in docs
coverage: .venv/.dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --cov --cov-report=json:.coverage.json $(ARGS)
	$(BIN)/python -m benchmarks.coverage_figures .coverage.json

## lint: style, types, import direction, compose file, pinned requirements
lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

## bench: the long figures; appends rows to benchmarks/results
bench: .venv/.dev
	$(BIN)/python -m benchmarks $(ARGS)

## mutants: plant one-line faults and see which the tests notice (MODULES="rag/search kg": only these; AGAIN=1: survivors)
mutants: .venv/.dev
	$(BIN)/python -m benchmarks.mutants $(MODULES) $(if $(AGAIN),--again)

## engines: fetch the servers that the tests use into a cache outside the repository
engines: .venv/.dev
	-$(BIN)/python tests/support/mongodb_server.py
	-$(BIN)/python tests/support/neo4j_server.py

## docs: write docs/reference/cli.md anew from the program's own help
docs: .venv/.dev
	$(BIN)/typer ui.cli utils docs --name casegraph --title "The command line" --output docs/reference/cli.md

## screenshots: walk through the app in Chromium and write docs/screenshots anew
screenshots: .venv/.dev
	CASEGRAPH_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest tests/ui/app/test_browser.py -q

## pins: resolve the requirements anew, for every platform
pins: .venv/.dev
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q \
	  --custom-compile-command "make pins" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q \
	  --custom-compile-command "make pins" pyproject.toml --group dev --extra openai --extra ollama -o requirements-dev.txt

clean:
	rm -rf .venv build dist *.egg-info

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "CaseGraph needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)

.venv/.run: .venv/bin/uv requirements.txt pyproject.toml
	test -e .venv/.dev || $(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	touch $@

.venv/.dev: .venv/bin/uv requirements-dev.txt pyproject.toml
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	touch $@ .venv/.run
