# Thin words over the program itself. Needs Python 3.11 or newer, git and make; everything else is fetched by name,
# version and hash from the package index into .venv.

PYTHON ?= python3
UV_VERSION = 0.13.9
BIN = .venv/bin
WORKERS ?= 2
# Not --quiet: it keeps the warnings from --strict, which then fails at none.
MKDOCS = NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

.PHONY: demo test coverage lint bench mutants engines pins dist docs site clean screenshots recording

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

## lint: style, types, import direction, files of Docker and GitHub, the documentation's links and anchors
lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/basedpyright -p tests
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*_re*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	@site=$$(mktemp -d) && trap 'rm -rf "$$site"' EXIT && $(MKDOCS) --site-dir "$$site"

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

## docs: write again the pages made from something else: commands, tutorial, settings, benchmarks, quality, JSON
docs: .venv/.dev
	$(BIN)/typer ui.cli.program utils docs --name casegraph --title "The command line" --output docs/reference/cli.md
	$(BIN)/python docs/build_pages.py
	$(BIN)/python -m casegraph.json_documents docs/reference/schemas

## site: the documentation as web pages, in build/site
site: .venv/.dev
	$(MKDOCS)

## screenshots: walk through the app in Chromium and write docs/screenshots anew
screenshots: .venv/.dev
	CASEGRAPH_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest tests/ui/app/test_browser.py -q

## recording: do five tasks in Chromium and write docs/screenshots/tasks.webp anew
recording: .venv/.dev
	$(BIN)/python -m benchmarks.record_app docs/screenshots/tasks.webp

## dist: the package as sdist and wheel, in dist
dist: .venv/bin/uv
	$(BIN)/uv build -q

## pins: resolve the requirements anew, for every platform
pins: .venv/.dev
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q \
	  --custom-compile-command "make pins" pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url -q \
	  --custom-compile-command "make pins" pyproject.toml --group dev --extra openai --extra ollama --extra subset -o requirements-dev.txt

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
