# Every command installs what it needs. `make` alone lists them.
#
# A machine needs Python 3.11 or newer, make and git; the rest comes from the lock file.

PYTHON ?= python3
JOBS ?= 2
HEARTH_DATA ?= ../shared/data

export UV_PYTHON_DOWNLOADS = never
unexport PYTHONDONTWRITEBYTECODE # where a container sets it, every process would compile Django anew
BIN := .venv/bin
UV = $$(if uv --version >/dev/null 2>&1; then echo uv; else echo .uv/bin/uv; fi)
POSTGRES := .ci/with-postgres
# A suite has a house of its own, whatever the shell has set for the one that runs beside it.
ALONE := env -u HEARTH_HOME -u HEARTH_DEMO -u PORT -u HEARTH_GATEWAY_PORT

.DEFAULT_GOAL := help
.PHONY: help demo test test-postgres races-postgres thorough cluster-test cluster-test-postgres lint contracts e2e faults faults-short bench assets messages screenshots reference diagnose-samples pulse-study metrics-reference clean

help: ## List the commands
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# -- environments: one stamp for running, one for developing --------------------------------------------------------

.uv/ready:
	@$(PYTHON) -c 'import sys; sys.exit("Hearth needs Python 3.11 or newer; this is %d.%d. Name another: make PYTHON=python3.12 …" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@uv --version >/dev/null 2>&1 || { \
	    $(PYTHON) -m venv .uv || { echo "Python's venv module is incomplete. On Debian: apt-get install python3-venv"; exit 1; }; \
	    .uv/bin/python -m pip install --quiet --disable-pip-version-check uv; }
	@mkdir -p .uv && touch $@

.venv/ready-to-run: pyproject.toml uv.lock | .uv/ready
	@$(UV) sync --frozen --quiet --inexact --no-dev --python $(PYTHON)
	@touch $@

.venv/ready-to-develop: pyproject.toml uv.lock | .uv/ready
	@$(UV) sync --frozen --quiet --inexact --all-groups --all-extras --python $(PYTHON)
	@touch $@ .venv/ready-to-run

# -- the product -----------------------------------------------------------------------------------------------------

demo: .venv/ready-to-run ## Start Hearth with its demo community (PORT, HEARTH_HOME)
	@exec $(BIN)/hearth demo

diagnose-samples: .venv/ready-to-run ## Write the reports of three real archives to build/samples
	@mkdir -p build/samples
	@for archive in fcc_gitter ncar_zulip fmt_slack_export/slack-export-houstondatavis-pseudonymised.zip; do \
	    test -e "$(HEARTH_DATA)/$$archive" || { echo "$(HEARTH_DATA)/$$archive is missing; set HEARTH_DATA"; exit 1; }; \
	    name=$$(basename $$(dirname $$archive/x) .zip); \
	    $(BIN)/hearth diagnose "$(HEARTH_DATA)/$$archive" --html "build/samples/$$name.html" --json > "build/samples/$$name.json" || exit 1; \
	    echo "build/samples/$$name.html"; \
	done

# -- proofs ----------------------------------------------------------------------------------------------------------

test: .venv/ready-to-develop ## The quick suite on SQLite
	@$(ALONE) -u DATABASE_URL $(BIN)/pytest -n $(JOBS) --dist loadfile $(ARGS)

test-postgres: .venv/ready-to-develop ## What asks the database, on PostgreSQL: scratch clusters, or DATABASE_URL
	@$(ALONE) .ci/side-by-side $(JOBS) $(BIN)/pytest --database-only $(ARGS)

races-postgres: .venv/ready-to-develop ## Many people at one door at once, on PostgreSQL
	@$(ALONE) .ci/side-by-side $(JOBS) $(BIN)/pytest --database-only tests/faults/test_*race.py -m faults --force-enable-socket $(ARGS)

thorough: .venv/ready-to-develop ## What the quick suite leaves out: killed processes, every route by everybody
	@$(ALONE) -u DATABASE_URL $(BIN)/pytest -n $(JOBS) -m thorough $(ARGS)

cluster-test: .venv/ready-to-develop ## Every metric on Spark: a master and two workers on loopback (needs Java 17)
	@$(ALONE) -u DATABASE_URL $(BIN)/pytest hearth/insight/tests/test_cluster.py -m thorough $(ARGS)

cluster-test-postgres: .venv/ready-to-develop ## The same from a fact log in PostgreSQL
	@$(ALONE) $(POSTGRES) $(BIN)/pytest hearth/insight/tests/test_cluster.py -m thorough -k living $(ARGS)

lint: .venv/ready-to-develop ## Style and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy hearth

contracts: .venv/ready-to-develop ## The architecture: layers, public files, keys, doors
	@$(BIN)/pytest tests/architecture $(ARGS)

e2e: .venv/ready-to-develop ## Journeys in a real browser
	@.ci/browser
	@$(BIN)/pytest tests/e2e -m e2e --force-enable-socket -n $(JOBS) --dist loadfile $(ARGS)

faults: .venv/ready-to-develop ## Kill storms, races, power loss: the long tier
	@HEARTH_FAULTS=long $(BIN)/pytest tests/faults -m faults --force-enable-socket $(ARGS)

faults-short: .venv/ready-to-develop ## The same in about a minute each
	@$(BIN)/pytest tests/faults -m faults --force-enable-socket $(ARGS)

bench: .venv/ready-to-develop ## Benchmarks, one line of numbers each (see bench/README.md)
	@for file in bench/[a-z]*.py; do \
	    grep -q '__main__' $$file || continue; echo "== $$file"; PYTHONPATH=. $(BIN)/python $$file || exit 1; \
	done

pulse-study: .venv/ready-to-develop ## Fit and judge the risk on real archives, check energy in simulation (HEARTH_DATA, ARGS=--write)
	@HEARTH_DATA="$(HEARTH_DATA)" $(BIN)/python -m bench.pulse_study $(ARGS)

# -- what is generated and committed ---------------------------------------------------------------------------------

assets: ## Build style sheet, charts and icons (needs Node)
	@cd frontend && npm ci --no-audit --no-fund --silent && npm run --silent build

messages: .venv/ready-to-develop ## Collect the strings, compile the translations, say what is missing
	@$(BIN)/python -m tools.messages

screenshots: .venv/ready-to-develop ## Take the pictures of docs/screenshots from a running demo (URL)
	@$(BIN)/python -m tools.screenshots $(or $(URL),http://127.0.0.1:8000)

reference: .venv/ready-to-develop ## Write the generated pages of docs/reference
	@DJANGO_SETTINGS_MODULE=hearth.project.test_settings $(BIN)/hearth reference docs/reference

metrics-reference: reference ## Write the catalogue of metrics (part of the reference)

clean: ## Remove environments and build products; HEARTH_HOME stays
	@rm -rf .venv .uv build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
