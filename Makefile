# What a person types. Each target says what it is for; `make` alone lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= auto
ARGS ?=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.ready ## make the environment in .venv (pinned and hashed)

# The environment is made anew when its pins change; a half-made one has no stamp, so the next run completes it.
.venv/.ready: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, $(PYTHON) is older: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) has no venv; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@# Where PYTHONDONTWRITEBYTECODE is set, as in many containers, nothing else would keep the compiled modules.
	@$(BIN)/python -m compileall -q signals_lib panels_lib rules_lib sync catalogue alerts dashboards stack
	@touch $@

.PHONY: tools
tools: .venv/.ready ## unpack Prometheus and the other servers that tests run into .tools
	@$(BIN)/python -m stack.tools

.PHONY: demo
demo: .venv/.ready ## render, push to a sandbox, push again, refuse to lose an edit; ends by itself
	@$(BIN)/python -m stack.demo

.PHONY: stack-up
stack-up: .venv/.ready ## start the stack without containers: Prometheus, Alertmanager, Redis, HAProxy, exporters, simulator
	@$(BIN)/python -m stack.tools >/dev/null
	@$(BIN)/python -m stack.local up $(ARGS)

.PHONY: stack-status
stack-status: .venv/.ready ## say which servers of the stack run and answer
	@$(BIN)/python -m stack.local status $(ARGS)

.PHONY: stack-down
stack-down: .venv/.ready ## end every server that stack-up started
	@$(BIN)/python -m stack.local down $(ARGS)

.PHONY: compose-up
compose-up: .venv/.ready ## start the stack in containers, with Grafana, Loki and Tempo, and push the dashboards
	@$(BIN)/python -m stack.containers up $(ARGS)

.PHONY: compose-down
compose-down: .venv/.ready ## end the containers (ARGS=--volumes removes what they stored)
	@$(BIN)/python -m stack.containers down $(ARGS)

.PHONY: dashboards
dashboards: .venv/.ready ## render dashboards, rules and the catalogue into rendered/
	@$(BIN)/dash-sync render

.PHONY: test
test: .venv/.ready tools ## run every test, with real servers (ARGS='tests/sync -k push' for some)
	@$(BIN)/python -m tests.grafana_types
	@$(BIN)/python -m tests.grafana_grammars
	@$(BIN)/python -m tests.automation
	@$(BIN)/python -m tests.axe
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

.PHONY: lint
lint: .venv/.ready ## check style, types, layers, and that rendered/ is current and without faults
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/dash-sync render --check
	@$(BIN)/dash-sync lint --exit-code

.PHONY: format
format: .venv/.ready ## put the code into its form
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

.PHONY: bench
bench: .venv/.ready ## measure the speed of the command line, against its limits
	@$(BIN)/python -m tests.bench

.PHONY: mutate
mutate: .venv/.ready tools ## make each rule wrong in every way: do its tests notice? (ARGS=redis.yaml for one file)
	@$(BIN)/python -m tests.mutation $(ARGS)

.PHONY: lock
lock: .venv/.ready ## pin anew what pyproject.toml asks for, all of it, for stack/ and for CI jobs
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --all-extras --group dev --upgrade \
	  --no-header --no-emit-index-url --no-emit-find-links --output-file constraints.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --constraints constraints.txt \
	  --no-header --no-emit-index-url --no-emit-find-links --no-annotate --group stack --output-file stack/requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --constraints constraints.txt \
	  --no-header --no-emit-index-url --no-emit-find-links --no-annotate --extra render --extra preview --group build \
	  --output-file .github/actions/setup/requirements.txt pyproject.toml

.PHONY: clean
clean: ## end the stack without containers, remove the environment, the unpacked tools and what the stack kept
	@if [ -d .stack ] && [ -x $(BIN)/python ]; then $(BIN)/python -m stack.local down; fi
	rm -rf .venv .tools .stack dist
