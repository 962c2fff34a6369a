# Groundwork: `make` lists what there is. Needs only Python 3.11+ and make.
PYTHON ?= python3
PORT ?= 8000
PARTS ?=
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test check bench chaos proxies sbom lock clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.venv/.ready: requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Groundwork needs Python 3.11 or newer.")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip install --quiet --no-deps --require-hashes --compile-bytecode -r requirements-dev.txt
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q server audio
	touch $@

run: .venv/.ready ## a demo clinic on http://127.0.0.1:$(PORT), in var/demo
	@$(BIN)/groundwork demo --serve --port $(PORT)

test: check ## everything that must hold: check, then the tests on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: .venv/.ready ## format, lint, types, import directions, content
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/groundwork check-content

bench: .venv/.ready ## what things cost on this machine, beside a peer, ceilings and targets (minutes)
	PYTHONPATH=tests $(BIN)/python tests/bench/measure.py $(PARTS)

chaos: .venv/.ready ## the laws on 20,000 random cases each, every operation on 1,000 and on every hostile one (hours)
	$(BIN)/python -m pytest -n 2 --hypothesis-profile=chaos tests/unit/streaks tests/unit/suitability tests/unit/care tests/unit/practice tests/unit/audio tests/unit/web tests/contract tests/api/test_guessing.py tests/api/test_refresh_machine.py tests/api/test_sync_machine.py tests/faults/test_kill.py tests/faults/test_lossy_network.py tests/faults/test_cursor_never_skips.py tests/faults/test_restore.py tests/faults/test_many_readers.py

proxies: .venv/.ready ## the files in docs/proxy, run; needs Debian's nginx-light and haproxy
	$(BIN)/python -m pytest tests/proxies

sbom: .venv/.ready ## what a server is made of, as CycloneDX, in build/sbom.json
	@mkdir -p build
	@PYTHONWARNINGS=ignore $(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom.json

lock: ## write both requirements files anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml $(LOCK) -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.txt $(LOCK) -o requirements-dev.txt

clean: ## remove the environment and caches (var/ stays)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
