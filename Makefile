# Every habit of this project is a target; plain `make` lists them. Nothing needs to be installed before but
# Python 3.11 or later and make: each target first builds .venv from the hashed lock when it is not up to date.

PYTHON ?= python3
PORT ?= 8321
VENV := .venv
LOCK := requirements/dev.txt
BIN := $(VENV)/bin
CODE := overlays $(wildcard tests tools examples bench)
TYPED := overlays $(wildcard tests/typing)

# Neither the caller's Python path nor an active virtual environment shall change what runs here; and what is compiled once
# is kept, since hundreds of commands are started in the tests.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo sandbox generate check-generated spec compat lint types api check-api spelling dependencies \
  mutants attacks coverage-contract contract-deep recorded record \
  imports check test test-all pytest coverage test-lowest bench docs docs-serve audit sbom dist \
  release-check lock clean

help: ## list the targets of every day; what CI and maintainers need beside them has a single # in the Makefile
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)$$/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "make %-16s %s\n", $$1, $$2}'

setup: $(VENV)/.done ## build .venv from the hashed lock (every other target does so when needed)

# A virtual environment names its own folder inside: one that came from elsewhere is built anew.
ifneq ($(shell cat $(VENV)/.done 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.done
endif
$(VENV)/.done: $(LOCK) pyproject.toml
	@sh tools/setup.sh $(VENV) "$(PYTHON)" $(LOCK)

demo: $(VENV)/.done ## submit sessions to a sandbox, watch them evaluated, print the scores
	@$(BIN)/python examples/demo.py

sandbox: $(VENV)/.done ## serve the embedded PandaProbe on http://127.0.0.1:8321 (PORT=... for another)
	@$(BIN)/pandaprobe-evals sandbox --port $(PORT)

generate: $(VENV)/.done ## openapi.yaml -> generated/pandaprobe_evals_api/
	@$(BIN)/python -m tools.generate

check-generated: $(VENV)/.done # fail when generated/ is not what openapi.yaml yields
	@$(BIN)/python -m tools.generate --check

spec: $(VENV)/.done ## lint openapi.yaml with openapi-spec-validator and Redocly
	@$(BIN)/python -m tools.lint_spec

mutants: $(VENV)/.done # plant faults in the service, the client and openapi.yaml, and see each killed (ARGS="--kind client")
	@$(BIN)/python -m tests.mutants $(ARGS)

attacks: $(VENV)/.done # attack what the first page promises, and print each figure beside its bar (ARGS="--only clocks")
	@$(BIN)/python -m tests.attacks $(ARGS)

coverage-contract: $(VENV)/.done # which parts of the contract the tests reach: a table, and build/contract-coverage.html
	@$(BIN)/python -m tests.contract.coverage $(ARGS)

contract-deep: $(VENV)/.done # the contract tests with fresh seeds and more of everything, up to 10 minutes (SEED=... repeats)
	@$(BIN)/python -m tests.contract.deep $(SEED)

recorded: $(VENV)/.done # hold a deployment against the recorded answers of the real service (URL=... KEY=... [PROJECT=...] [ONLY=runs])
	@$(BIN)/python -m tests.recorded compare

record: $(VENV)/.done # record a deployment's answers anew, in tests/recorded (URL=... KEY=... [PROJECT=...] [ONLY=runs])
	@$(BIN)/python -m tests.recorded record

compat: $(VENV)/.done ## fail when openapi.yaml breaks users of an older one, and its version does not say so (BASE=REVISION)
	@$(BIN)/python -m tools.compat $(if $(BASE),--base '$(BASE)')

lint: $(VENV)/.done ## ruff: rules and format
	@failed=0; $(BIN)/ruff check $(CODE) || failed=1; $(BIN)/ruff format --check $(CODE) || failed=1; exit $$failed

types: $(VENV)/.done ## mypy --strict and pyright on what users import
	@failed=0; $(BIN)/mypy $(TYPED) || failed=1; $(BIN)/pyright $(TYPED) || failed=1; exit $$failed

api: $(VENV)/.done ## write api.txt, the public API; refuses to break users of a release without a new version
	@$(BIN)/python -m tools.api --write

check-api: $(VENV)/.done # fail when api.txt is not what the code offers
	@$(BIN)/python -m tools.api

spelling: $(VENV)/.done ## codespell, on everything that people read
	@$(BIN)/codespell

dependencies: $(VENV)/.done # deptry: what is imported is asked for, what is asked for is imported
	@$(BIN)/deptry --no-ansi overlays generated

imports: $(VENV)/.done # import-linter: imports go down only, as pyproject.toml says
	@$(BIN)/lint-imports --no-logo --cache-dir build/import-linter

CHECKS := types spec lint check-generated check-api spelling dependencies imports
check: $(VENV)/.done ## every linter and check that runs no test (under a minute)
	@failed=; for part in $(CHECKS); do $(MAKE) --no-print-directory $$part || failed="$$failed $$part"; done; \
	  if [ -n "$$failed" ]; then echo "FAILED:$$failed"; exit 1; fi; echo "All passed: $(CHECKS)"

test: $(VENV)/.done ## the checks, and the tests without the slow ones, on this Python
	@MAKE="$(MAKE)" $(BIN)/python tools/gate.py

test-all: $(VENV)/.done ## the checks and every test, on every Python found (3.11, 3.12, 3.13), as CI runs them
	@MAKE="$(MAKE)" $(BIN)/python tools/gate.py --all

pytest: $(VENV)/.done ## the tests on .venv's Python (ARGS=... for pytest's own arguments, JOBS=2 for two at a time)
	@$(BIN)/python -m pytest -o cache_dir=$(VENV)/.pytest_cache $(if $(JOBS),-n $(JOBS) --dist worksteal) $(ARGS)

# The tests on another Python, in a virtual environment of its own (ARGS: tools/gate.py's choice of them).
pytest-3.%:
	@$(MAKE) --no-print-directory pytest VENV=.venv-3.$* $(if $(filter file,$(origin PYTHON)),PYTHON=python3.$*)

# Left out: a child that is forked, or a thread that Ctrl-C meets, while coverage takes notes can stand still for ever.
coverage: $(VENV)/.done # the tests, and how much of overlays/ they reach by branch; below the floor it fails
	@rm -rf build/coverage && $(BIN)/python -m pytest -n auto --cov -k "not fork and not control_c" $(ARGS)

# The oldest versions that pyproject.toml allows of what is needed at run time, in a virtual environment of their own. Left out
# is what judges the contract itself: its tools are run with the locked versions only.
LOWEST := .venv-lowest
test-lowest: # the tests with the oldest versions that are allowed of every run-time dependency
	@$(MAKE) --no-print-directory pytest VENV=$(LOWEST) LOCK=requirements/lowest.txt \
	  ARGS='-m "not slow and not once" --ignore tests/contract --ignore tests/contract_tools'

# Tools that nothing here is tested with, each kind in a virtual environment and a lock of its own.
SIDE := bench docs release
STALE := $(foreach kind,$(SIDE),$(if $(filter $(CURDIR),$(shell cat .venv-$(kind)/.done 2>/dev/null)),,.venv-$(kind)/.done))
.PHONY: $(STALE)
$(SIDE:%=.venv-%/.done): .venv-%/.done: requirements/%.txt
	@echo "building .venv-$* from $< (hashes checked)"
	@rm -f $@ && $(PYTHON) -m venv --clear .venv-$*
	@.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@if [ $* = bench ]; then \
	  .venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .; fi
	@pwd -P >$@

bench: .venv-bench/.done # measure this client beside its peers (ARGS="--only b,c --quick"); tables (ARGS=--page: docs/performance.md of the last three)
	@.venv-bench/bin/python -m bench $(ARGS)

docs: .venv-docs/.done ## build the documentation in build/site; a broken link fails
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/python -m mkdocs --quiet build --strict --clean
	@echo "docs: build/site/index.html"

docs-serve: .venv-docs/.done ## show the documentation on http://127.0.0.1:8000 while it is written
	@NO_MKDOCS_2_WARNING=1 .venv-docs/bin/python -m mkdocs serve

dist: $(VENV)/.done # build sdist and wheel in dist/
	@rm -rf dist && $(BIN)/python -m hatchling build -d dist

release-check: $(VENV)/.done # fail when the tree is not ready to be released as a tag (TAG=v0.2.0)
	@$(BIN)/python tools/release.py '$(TAG)'

sbom: .venv-release/.done dist # what a full installation holds, as CycloneDX, in build/sbom.json
	@mkdir -p build && .venv-release/bin/cyclonedx-py requirements requirements/runtime.txt --pyproject pyproject.toml \
	  --output-reproducible --of JSON -o build/sbom.json

audit: .venv-release/.done # pip-audit: known vulnerabilities in what users install and in what is used here
	@.venv-release/bin/pip-audit --disable-pip --require-hashes --progress-spinner off \
	  $(foreach lock,runtime dev docs bench release,-r requirements/$(lock).txt)

COMPILE := PATH="$$PATH:build/uv/bin" uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
  --custom-compile-command "make lock"
lock: $(VENV)/.done # make requirements/*.txt again from pyproject.toml (LOCK_FLAGS=--upgrade for newer versions)
	@command -v uv >/dev/null || { $(BIN)/python -m venv build/uv && build/uv/bin/python -m pip install --quiet uv; }
	$(COMPILE) --generate-hashes --all-extras --group dev --group fuzz $(LOCK_FLAGS) pyproject.toml -o requirements/dev.txt
	$(COMPILE) --generate-hashes --extra cli --extra export --extra sandbox --extra shared --extra stats --group bench \
	  -c requirements/dev.txt $(LOCK_FLAGS) pyproject.toml -o requirements/bench.txt
	$(COMPILE) --generate-hashes --all-extras -c requirements/dev.txt $(LOCK_FLAGS) pyproject.toml -o requirements/runtime.txt
	$(COMPILE) --generate-hashes --group docs $(LOCK_FLAGS) -o requirements/docs.txt
	$(COMPILE) --generate-hashes --group release $(LOCK_FLAGS) -o requirements/release.txt
	$(COMPILE) --all-extras --resolution lowest-direct --upgrade pyproject.toml -o build/lowest.txt
	$(COMPILE) --generate-hashes --all-extras --group dev -c build/lowest.txt --upgrade pyproject.toml \
	  -o requirements/lowest.txt

clean: ## remove all that make made, the virtual environments too
	rm -rf .venv .venv-3.* .venv-lowest .venv-bench .venv-docs .venv-release build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find generated $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
