# Every habit of this project is a target; plain `make` lists them. Nothing needs to be installed before but
# Python 3.11 or later and make: each target first builds .venv from the hashed lock when it is not up to date.

PYTHON ?= python3
PORT ?= 8321
VENV := .venv
BIN := $(VENV)/bin
CODE := overlays $(wildcard tests tools examples bench)
TYPED := overlays $(wildcard tests/typing)

# Neither the caller's Python path nor an active virtual environment shall change what runs here.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo sandbox generate check-generated spec compat lint types test pytest bench lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)$$/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "make %-16s %s\n", $$1, $$2}'

setup: $(VENV)/.done ## build .venv from the hashed lock (every other target does so when needed)

# A virtual environment names its own folder inside: one that came from elsewhere is built anew.
ifneq ($(shell cat $(VENV)/.done 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.done
endif
$(VENV)/.done: requirements/dev.txt pyproject.toml
	@sh tools/setup.sh $(VENV) "$(PYTHON)"

demo: $(VENV)/.done ## submit sessions to a sandbox, watch them evaluated, print the scores
	@$(BIN)/python examples/demo.py

sandbox: $(VENV)/.done ## serve the embedded PandaProbe on http://127.0.0.1:8321 (PORT=... for another)
	@$(BIN)/pandaprobe-evals sandbox --port $(PORT)

generate: $(VENV)/.done ## openapi.yaml -> generated/pandaprobe_evals_api/
	@$(BIN)/python tools/generate.py

check-generated: $(VENV)/.done ## fail when generated/ is not what openapi.yaml yields
	@$(BIN)/python tools/generate.py --check

spec: $(VENV)/.done ## lint openapi.yaml with openapi-spec-validator and Redocly
	@$(BIN)/python tools/lint_spec.py

compat: $(VENV)/.done ## fail when openapi.yaml breaks users of an older one, and its version does not say so (BASE=REVISION)
	@$(BIN)/python -m tools.compat $(if $(BASE),--base '$(BASE)')

lint: $(VENV)/.done ## ruff: rules and format
	@failed=0; $(BIN)/ruff check $(CODE) || failed=1; $(BIN)/ruff format --check $(CODE) || failed=1; exit $$failed

types: $(VENV)/.done ## mypy --strict and pyright on what users import
	@failed=0; $(BIN)/mypy $(TYPED) || failed=1; $(BIN)/pyright $(TYPED) || failed=1; exit $$failed

test: $(VENV)/.done ## everything that gates a merge, on every Python found (3.11, 3.12, 3.13)
	@MAKE="$(MAKE)" $(BIN)/python tools/gate.py

pytest: $(VENV)/.done ## the tests on .venv's Python (ARGS=... for pytest's own arguments)
	@$(BIN)/python -m pytest $(ARGS)

# The tests on another Python, in a virtual environment of its own; those that do not depend on the Python ran in .venv.
pytest-3.%:
	@$(MAKE) --no-print-directory pytest VENV=.venv-3.$* $(if $(filter file,$(origin PYTHON)),PYTHON=python3.$*) \
	  ARGS='-m "not slow and not once"'

# What is measured against, in a virtual environment of its own, so that nothing else here waits for it.
BENCH := .venv-bench
ifneq ($(shell cat $(BENCH)/.done 2>/dev/null),$(CURDIR))
.PHONY: $(BENCH)/.done
endif
$(BENCH)/.done: requirements/bench.txt pyproject.toml
	@echo "bench: building $(BENCH) from requirements/bench.txt (hashes checked)"
	@rm -f $@ && $(PYTHON) -m venv --clear $(BENCH)
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@pwd -P >$@

bench: $(BENCH)/.done ## measure this client beside its peers (ARGS="--only b,c --quick"); tables, and build/bench.json
	@$(BENCH)/bin/python -m bench $(ARGS)

lock: $(VENV)/.done ## make requirements/*.txt again from pyproject.toml (LOCK_FLAGS=--upgrade for newer versions)
	@command -v uv >/dev/null || { $(BIN)/python -m venv build/uv && build/uv/bin/python -m pip install --quiet uv; }
	PATH="$$PATH:build/uv/bin" uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --all-extras --group dev $(LOCK_FLAGS) pyproject.toml -o requirements/dev.txt
	PATH="$$PATH:build/uv/bin" uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --extra sandbox --extra shared --group bench --constraints requirements/dev.txt \
	  $(LOCK_FLAGS) pyproject.toml -o requirements/bench.txt

clean: ## remove all that make made, the virtual environments too
	rm -rf .venv .venv-3.* .venv-bench build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find generated $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
