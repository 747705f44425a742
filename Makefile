# The two commands of this project: `make run` and `make test`. Everything else serves them.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
# A folder of the DMN Technology Compatibility Kit, for `make conformance`.
DMN_TCK ?=
# More options for `make run`, such as SERVE="--port 8080".
SERVE ?=
# More options for `make soak`.
SOAK ?=
# More options for `make million`.
MILLION ?=
# More options for `make walks`.
WALKS ?=
# Tests make thousands of small databases: in memory where there is room, since no test needs the disk to last.
ROOMY := $(shell test "$$(df -Pk /dev/shm 2>/dev/null | awk 'NR==2 {print $$4}')" -gt 6000000 2>/dev/null && echo /dev/shm || echo /tmp)

# What Python compiled is kept, out of sight: where the surroundings forbid it, each process compiles every library again.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/compiled

.PHONY: run setup test check types rules ready conformance bench million soak walks screenshots clean

run: .venv/.synced  ## set up what is missing, fill the demo office the first time, serve on http://127.0.0.1:8000
	@$(BIN)/python -m web.assets.build
	@exec $(BIN)/ombudsflow serve --demo --with-reports $(SERVE)

setup: .venv/.synced  ## virtual environment, locked dependencies, web assets, database, shipped diagrams
	@$(BIN)/python -m web.assets.build
	@$(BIN)/ombudsflow setup

.venv/.synced: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed. Say which one to use: make run PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip --disable-pip-version-check install --quiet "uv==$(UV_VERSION)"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

test: .venv/.synced  ## everything: SQLite, a real PostgreSQL, a real SMTP server, a real browser
	@$(MAKE) --no-print-directory -j2 types rules ready
	TMPDIR=$(ROOMY) $(BIN)/python -m pytest -n 3 --dist worksteal --ignore=tests/architecture  # the rules have just been looked at

check: types rules  ## ruff, strict types, import rules

types: .venv/.synced
	$(BIN)/mypy

rules: .venv/.synced
	$(BIN)/ruff check .
	$(BIN)/python -m pytest -q tests/architecture

ready: .venv/.synced
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m web.assets.build
	@# Every test process reads all tests: here they are compiled once, while the types are looked at.
	@$(BIN)/python -m pytest -qq --co > .venv/collected || { cat .venv/collected; exit 1; }

conformance: .venv/.synced  ## every row of the BPMN support table by its story; the DMN kit in DMN_TCK=DIR
	@$(BIN)/python -m tests.conformance.bpmn
	@$(BIN)/python -m tests.conformance.dmn_tck "$(DMN_TCK)"

bench: .venv/.synced  ## load the real server over HTTP, print and write bench.json
	$(BIN)/python -m tests.load.bench

million: .venv/.synced  ## fill two PostgreSQL offices, of 10,000 and 1,000,000 cases, and compare their pages; MILLION="--cases 100000"
	@$(BIN)/python -m web.assets.build
	$(BIN)/python -m tests.load.bench_million $(MILLION)

soak: .venv/.synced  ## kill the office 600 times, on both databases and both queues, and see that nothing is lost; SOAK="--kills 2000 --seed 2"
	@$(BIN)/python -m tests.soak $(SOAK)

walks: .venv/.synced  ## walk through the shipped diagrams until every end is come to, and run odd ones beside the standard; WALKS="--runs 10 --seed 1"
	@$(BIN)/python -m tests.properties.walks $(WALKS)

screenshots: .venv/.synced  ## every page the browser tests look at, as pictures in tests/screenshots
	@$(BIN)/python -m web.assets.build
	OMBUDSFLOW_SCREENSHOTS=1 $(BIN)/python -m pytest -q tests/browser

clean:
	rm -rf .venv node_modules web/assets/dist .pytest_cache .mypy_cache .ruff_cache
