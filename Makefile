# Everything a person or CI does here. `make` alone tells what there is.
# Nothing but python3 (3.11 or newer), make and git is needed: .venv is made on first use from
# requirements/dev.txt and made anew whenever that file changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made
# checkov pins what it needs, and so have we: both do not fit into one environment.
CHECKOV_VENV := .venv-checkov
CHECKOV_STAMP := $(CHECKOV_VENV)/.made
CHECKOV := $(CHECKOV_VENV)/bin/checkov --config-file .checkov.yaml
# sam wants a region even to read a template; nothing is asked of the cloud.
SAM := SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=eu-central-1 $(BIN)/sam
PYTEST := $(BIN)/python -m pytest
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links \
	--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)
# The lists are complete and hashed, so pip resolves nothing and runs nobody's build script;
# bytecode is written when a module is first imported, which halves the time.
PIP := $(BIN)/python -m pip --disable-pip-version-check
HASHED := -qq --require-hashes --no-deps --only-binary=:all:
INSTALL := $(PIP) install $(HASHED) --no-compile
# Fill a virtual environment from a list. uv is many times faster than pip; pip alone knows the
# indexes of pip's settings.
FILL = $(BIN)/uv pip install --system-certs $(HASHED) --python $(1) -r $(2) || \
  $(PIP) --python $(1) install $(HASHED) --no-compile -r $(2)
# The functions' Python 3.13 runs on arm64 with glibc 2.34; each name is a generation of wheels.
RUNTIME := --implementation cp --python-version 3.13 \
	--platform manylinux_2_34_aarch64 --platform manylinux_2_28_aarch64 \
	--platform manylinux_2_26_aarch64 --platform manylinux_2_17_aarch64 \
	--platform manylinux2014_aarch64

# The functions' modules are compiled here, as a deployed function cannot keep what it compiles.
# Bytecode is of one Python: RUNTIME_PYTHON is a 3.13, and without one the functions still run.
RUNTIME_PYTHON ?= python3.13
COMPILE_MODULES = @if '$(RUNTIME_PYTHON)' -c '' 2>/dev/null; then \
	  '$(RUNTIME_PYTHON)' -m compileall -q --invalidation-mode unchecked-hash '$(ARTIFACTS_DIR)'; \
	else echo "No $(RUNTIME_PYTHON) here: what is built has no bytecode and starts slower." >&2; fi

# Bytecode is always kept: the local stack starts one process per function and concurrent request.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: help run demo race test model check lint types template audit format openapi sbom faults pictures bench lock build clean
.PHONY: template-sam template-checkov

help: ## Show this list
	@echo "make TARGET"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | \
	while IFS='|' read -r target text; do printf '  %-10s %s\n' "$$target" "$$text"; done
	@echo "PYTHON=/path/to/python3 chooses the Python that .venv is made from (3.11 or newer)."

run: $(STAMP) ## Start the whole portal here, Ctrl-C ends it (PORT=8000, FRESH=1 forgets the data)
	@$(BIN)/python -m local run $(if $(PORT),--port '$(PORT)') $(if $(filter-out 0 no,$(FRESH)),--fresh)

demo: $(STAMP) ## Play the way of patients and of the registry, step by step
	@$(BIN)/python -m local demo $(if $(PORT),--port '$(PORT)')

race: $(STAMP) ## Race for slots and prove that no rule of the table is broken (ATTEMPTS=20000, SEED=)
	@$(BIN)/python -m tests.race $(if $(ATTEMPTS),--attempts '$(ATTEMPTS)') $(if $(SEED),--seed '$(SEED)')

# The tests of the local stack have the processors for themselves: they race, and time counts.
# Made-up requests and the pages race with nobody: each processor has a browser, and one stack is
# lent to all. They come last, so that the last lines tell where there is no browser.
MADE_UP := tests/stack/test_openapi_examples.py
test: $(STAMP) ## Run the tests (ARGS="-k booking" chooses some, CHROMIUM=/path is the browser)
	@$(if $(ARGS),$(PYTEST) $(ARGS),$(PYTEST) -n auto --dist worksteal --ignore tests/stack \
	  --ignore tests/site && $(PYTEST) tests/stack --ignore $(MADE_UP) && \
	  $(BIN)/python -m tests.stack.lending $(PYTEST) -n auto --dist worksteal tests/site $(MADE_UP))

model: $(STAMP) ## Try the rules on new walks, and the booking protocol further (EXAMPLES=100, LOSSES=2)
	@EXAMPLES='$(or $(EXAMPLES),100)' LOSSES='$(or $(LOSSES),2)' $(PYTEST) -n auto tests/model \
	  tests/integration/test_walks.py $(ARGS)

check: lint types template audit test ## Run all that CI runs

lint: $(STAMP) ## Check the style of the Python code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP) ## Check the types
	@$(BIN)/mypy

# Two programs read it side by side. With --lint sam runs the pinned cfn-lint, for the region above.
template: $(STAMP) $(CHECKOV_STAMP) ## Check template.yaml
	@$(MAKE) --no-print-directory -j2 -O template-sam template-checkov

template-sam:
	@$(SAM) validate --lint

# checkov ends well where it could not read the template.
template-checkov:
	@said=$$($(CHECKOV) 2>&1); case "$$said" in \
	  *'Parsing errors'*) false ;; *' Failed checks: 0,'*) true ;; *) false ;; \
	esac || { echo "$$said" >&2; exit 1; }

audit: $(STAMP) ## Ask for known faults of the packages (AUDIT=required fails without an answer)
	@$(BIN)/python -m scripts.audit $(if $(filter required,$(AUDIT)),--required)

format: $(STAMP) ## Format the Python code and mend what can be mended
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

openapi: $(STAMP) ## Write docs/openapi.json from the functions
	@$(BIN)/python -m scripts.export_openapi

sbom: $(STAMP) ## Write docs/sbom.json, the packages that are deployed, from the list
	@$(BIN)/python -m scripts.export_sbom

faults: $(STAMP) ## Write docs/faults.md from what faults of AWS do to each operation (some minutes)
	@$(BIN)/python -m tests.faults

pictures: $(STAMP) ## Write the README's pictures from a running stack, in Chromium
	@$(BIN)/python -m scripts.take_pictures

bench: $(STAMP) ## Measure what docs/benchmarks.md shows (ARGS="start_up" chooses sections)
	@$(BIN)/python -m bench $(ARGS)

lock: $(STAMP) ## Pin requirements/*.txt again from pyproject.toml (UPGRADE=1 takes newer ones)
	@$(COMPILE) pyproject.toml --group dev --output-file requirements/dev.txt
	@$(COMPILE) pyproject.toml --constraint requirements/dev.txt --output-file requirements/runtime.txt
	@$(COMPILE) --group checkov --output-file requirements/checkov.txt

# A version is published when a function's code has changed, and SAM sees no changed parameter: so
# each build for snapshots is new code.
SNAPSHOTS := $(filter-out 0 no,$(SNAP_START))
export SNAP_START
build: $(STAMP) ## Build what is deployed, in .aws-sam/ (SNAP_START=1 for starts from snapshots)
	@mkdir -p .aws-sam
	@$(if $(SNAPSHOTS),$(BIN)/python -m scripts.snap_start .aws-sam/snap-start.yaml)
	@$(SAM) build $(if $(SNAPSHOTS),--template-file .aws-sam/snap-start.yaml --base-dir .)

clean: ## Forget .venv, the local stack's data, builds and caches
	@rm -rf $(VENV) $(CHECKOV_VENV) .local .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

$(STAMP): requirements/dev.txt requirements/runtime.txt
	@command -v '$(PYTHON)' >/dev/null || { \
	  echo "$(PYTHON) is not there. Install Python 3.11 or newer," \
	    "or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed, and $(PYTHON) is $$('$(PYTHON)' --version 2>&1)." \
	    "Name another one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments." \
	    "On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) from requirements/dev.txt with $$('$(PYTHON)' --version), up to a minute ..."
	@rm -rf $(VENV)
	@'$(PYTHON)' -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements/dev.txt >$(VENV)/uv.txt
	@$(INSTALL) -r $(VENV)/uv.txt
	@$(call FILL,$(VENV),requirements/dev.txt)
	@touch $@

$(CHECKOV_STAMP): requirements/checkov.txt $(STAMP)
	@echo "Making $(CHECKOV_VENV) from requirements/checkov.txt ..."
	@rm -rf $(CHECKOV_VENV)
	@$(BIN)/python -m venv --without-pip $(CHECKOV_VENV)
	@$(call FILL,$(CHECKOV_VENV),requirements/checkov.txt)
	@touch $@

# `sam build` calls the targets below, with ARTIFACTS_DIR set, for each resource of template.yaml.
# BookTicketFunction is functions/book_ticket/, and all of shared/ goes with it.
build-%Function: needs-artifacts-dir
	@folder=functions/$$(echo '$*' | sed 's/\([A-Z]\)/_\1/g; s/^_//' | tr 'A-Z' 'a-z'); \
	test -d "$$folder" || { echo "There is no $$folder/ for $*Function." >&2; exit 1; }; \
	mkdir -p '$(ARTIFACTS_DIR)/functions' && \
	cp -R functions/__init__.py "$$folder" '$(ARTIFACTS_DIR)/functions/'
	@cp -R shared '$(ARTIFACTS_DIR)/'
	@$(if $(SNAPSHOTS),date -u +%Y%m%dT%H%M%S >'$(ARTIFACTS_DIR)/built_at')
	@find '$(ARTIFACTS_DIR)' -name __pycache__ -prune -exec rm -rf {} +
	$(COMPILE_MODULES)

build-DependenciesLayer: needs-artifacts-dir $(STAMP)
	@$(INSTALL) $(RUNTIME) --target '$(ARTIFACTS_DIR)/python' -r requirements/runtime.txt
	@$(BIN)/python -m scripts.trim_layer '$(ARTIFACTS_DIR)/python'
	$(COMPILE_MODULES)

.PHONY: needs-artifacts-dir build-DependenciesLayer
needs-artifacts-dir:
	@test -n '$(ARTIFACTS_DIR)' || { echo "sam build calls this target; try: make build" >&2; exit 1; }
