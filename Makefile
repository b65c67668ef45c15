# What a person or a machine does with this project. Needed: Python 3.11 or newer, and make.

PORT    ?= 8501
# Tests run on every core, but never on more than this: each worker has its own browser and its own PostgreSQL.
WORKERS ?= 4
# Further words for pytest: make test ARGS="-k incident -x"
ARGS    ?=
# The first Python on the path that is new enough.
PYTHON  ?= $(or $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done),no-python-3.11)

VENV := .venv
BIN  := $(VENV)/bin
SERVE = $(BIN)/streamlit run app.py --server.port $(PORT)
PYTEST = $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help env dev-env run demo demo-data demo-reset backup test test-unit test-no-browser check audit bench format translations lock
.DELETE_ON_ERROR:

help: ## This list
	@echo "make TARGET (PORT=$(PORT) WORKERS=$(WORKERS) ARGS=… FILE=…)"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

# ---- the environment: made once, mended when the lock changes ------------------------------------------------------

env: $(VENV)/.installed ## Make .venv with what the app needs

dev-env: $(VENV)/.installed-dev ## Make .venv with what tests and checks need too

$(BIN)/python:
	@$(PYTHON) -c 'pass' 2>/dev/null || { echo "Python 3.11 or newer is needed and was not found. Name it: make env PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make an environment. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

# requirements-dev.txt holds requirements.txt with the same versions, so both are installed after this.
$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $(VENV)/.installed $@

# ---- the app -------------------------------------------------------------------------------------------------------

# The address people type follows the port; exported values win.
run demo demo-data demo-reset: export PUBLIC_URL ?= http://localhost:$(PORT)
# The demonstration keeps to its own database and its own attachments; exported values win.
demo demo-data demo-reset: export DATABASE_URL ?= sqlite:///data/local/demo.sqlite3
demo demo-data demo-reset: export FILES_URL ?= file://$(CURDIR)/data/local/demo-files

run: env ## Serve your own database on http://localhost:PORT
	@mkdir -p data/local
	@$(BIN)/python -m data migrate
	@exec $(SERVE)

demo: demo-data ## Serve the demonstration world (filled on the first start) and print its accounts
	@exec $(SERVE)

demo-data: env ## Fill the demonstration world without serving it
	@mkdir -p data/local
	@$(BIN)/python -m data demo

demo-reset: env ## Throw the demonstration world away and fill it anew
	@mkdir -p data/local
	@$(BIN)/python -m data demo --reset

backup: env ## Write a backup of the records and attachments: make backup FILE=…
	@test -n "$(FILE)" || { echo "Say where to: make backup FILE=…"; exit 2; }
	@$(BIN)/python -m data backup "$(FILE)"

# ---- tests and checks ----------------------------------------------------------------------------------------------

# Tests start dozens of servers, each of which would read all the code anew if a machine forbids to keep what Python made of it.
test test-unit test-no-browser check: export PYTHONDONTWRITEBYTECODE =

test: dev-env ## Run every test (browser and PostgreSQL included)
	$(PYTEST) -n logical --maxprocesses $(WORKERS) --dist worksteal $(ARGS)

test-unit: dev-env ## Run the tests of the rules alone, on both databases, without server or browser
	$(PYTEST) -n logical --maxprocesses $(WORKERS) --dist worksteal $(UNIT) $(ARGS)

test-no-browser: dev-env ## Run every test that needs no browser
	$(PYTEST) -n logical --maxprocesses $(WORKERS) --dist worksteal -m "not browser" $(ARGS)

# The tests of what the app knows.
UNIT = tests/models

# The tests that look at the code rather than run the app.
CHECKED = tests/test_house.py tests/test_translations.py tests/test_migrations.py

check: dev-env ## Format, lint, types, imports, the house's rules, translations, migrations, known holes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -q -n logical --maxprocesses $(WORKERS) $(CHECKED)
	@$(MAKE) --no-print-directory audit

# pip-audit calls a package that the registry does not know (or will not answer for) skipped, and ends well when all
# were skipped: count what was really looked up.
define READ_AUDIT
import json, pathlib, sys
file = pathlib.Path(sys.argv[1])
answers = json.loads(file.read_text())["dependencies"] if file.exists() else []
asked = [answer for answer in answers if "vulns" in answer]
holes = [(answer, hole) for answer in asked for hole in answer["vulns"]]
for answer, hole in holes:
    print(f"{answer['name']} {answer['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}")
if asked:
    print(f"Known holes: {len(holes)} in {len(asked)} packages looked up, {len(answers) - len(asked)} not known to the registry.")
else:
    print("Known holes: NOT CHECKED, the registry could not be asked.")
sys.exit(bool(holes))
endef
audit: export READ_AUDIT := $(READ_AUDIT)

audit: dev-env ## Ask the package registry for known holes in what is installed
	@rm -f $(VENV)/audit.json
	@$(BIN)/pip-audit --disable-pip --require-hashes -r requirements-dev.txt --progress-spinner off --timeout 15 \
		--format json --output $(VENV)/audit.json >$(VENV)/audit.log 2>&1 || true
	@$(BIN)/python -c "$$READ_AUDIT" $(VENV)/audit.json

bench: dev-env ## Measure the app against its targets on this machine
	$(BIN)/python -m tests.bench $(ARGS)

format: dev-env ## Put the code in its form
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

# ---- what is written by tools and committed ------------------------------------------------------------------------

translations: dev-env ## Gather the sentences of the code into the translation file, ready to be translated
	@$(BIN)/python -m data.translations

# Keeps every version that still fits; make lock UPGRADE=1 takes the newest.
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --fork-strategy fewest $(if $(UPGRADE),--upgrade) pyproject.toml

lock: dev-env ## Write requirements.txt and requirements-dev.txt from pyproject.toml (UPGRADE=1 for the newest)
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --group dev --constraints requirements.txt --output-file requirements-dev.txt
