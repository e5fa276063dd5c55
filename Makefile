# Two commands: `make analyze` and `make test`. `make` alone prints the help.
# What has to be made again is decided by file times, stage by stage and wave by wave: the rules are
# in data/processed/targets.mk beside the study file, written by `supertouch targets`.

STUDY ?= study.toml
RAW ?=
WAVE ?=
REPLACE ?=
SCHEDULER ?=
PYTHON ?= python3
UV ?= .venv/bin/uv

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help analyze ingest validate track decide report field drift demo test test-lowest test-newest accuracy lint types check package lock clean distclean always

FOLDER := $(patsubst %/,%,$(dir $(STUDY)))
PROCESSED := $(FOLDER)/data/processed
REPORTS := $(FOLDER)/reports
SUPERTOUCH := .venv/bin/supertouch
VENV := .venv/pyvenv.cfg
HALF := .venv/.half
READY := .venv/.installed-run
DEV_READY := .venv/.installed-dev
PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet
RAW_OPTION := $(if $(RAW), --raw "$(RAW)")
SCHEDULER_OPTION := $(if $(SCHEDULER), --scheduler "$(SCHEDULER)")

# --- the study's own rules, for the goals that need them ------------------------------------------

ifneq ($(filter analyze ingest validate track decide report %.json,$(MAKECMDGOALS)),)
ifneq ($(words x$(STUDY)x$(RAW)x),1)
$(error make cannot follow a path that holds a blank; run `supertouch run "$(STUDY)"$(RAW_OPTION)` instead)
endif

# several waves at a time, each on one processor
ifeq ($(findstring -j,$(MAKEFLAGS))$(findstring --jobs,$(MAKEFLAGS)),)
MAKEFLAGS += --jobs=$(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
endif
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

TARGETS := $(PROCESSED)/targets.mk
HEADING := \# $(STUDY) $(if $(RAW),raw $(RAW) )from $(CURDIR)
include $(TARGETS)

$(TARGETS): $(STUDY) $(READY)
	@$(SUPERTOUCH) targets "$(STUDY)"$(RAW_OPTION) --heading '$(HEADING)'

# asked each time: a file that was replaced by an older one is not seen by its time
ifndef MAKE_RESTARTS
$(TARGETS): always
endif

ifeq ($(STUDY:./%=%)$(RAW)$(if $(wildcard data/.unfinished-demo),,$(wildcard data/raw/*)),study.toml)
$(STUDY): demo ;
else
$(STUDY):
	@echo "$(STUDY): there is no such study file." >&2; exit 3
endif
endif

define stage
@$(eval MADE := yes)$(SUPERTOUCH) stage $(1) "$(STUDY)"$(if $(2), --wave $(2))$(if $(REPLACE), --replace)$(RAW_OPTION)$(SCHEDULER_OPTION)
endef

define finish
$(if $(MADE),,@echo "Nothing to do: $(1) is up to date.")
endef

##@ Studies (STUDY=study file, RAW=folder of raw files, REPLACE=yes: take raw files that changed, SCHEDULER=tcp://host:8786: a cluster)

analyze: $(REPORT_TARGETS) ## Everything, from the raw files to the report
	$(call finish,$(REPORTS:./%=%)/cockpit.html)

ingest: $(INGEST_TARGETS) ## Read the raw files
	$(call finish,$(PROCESSED:./%=%)/ingest)

validate: $(VALIDATE_TARGETS) ## Check the answers; rows that break a rule go to quarantine
	$(call finish,$(PROCESSED:./%=%)/validate)

track: $(TRACK_TARGETS) ## Tell what changed between the waves, and why
	$(call finish,$(REPORTS:./%=%)/tracking.html)

decide: $(DECIDE_TARGETS) ## Decide on each touchpoint; weigh inside view, mentions and plan
	$(call finish,$(PROCESSED:./%=%)/decisions)

report: $(REPORT_TARGETS) ## The same as analyze: the report needs everything before it
	$(call finish,$(REPORTS:./%=%)/cockpit.html)

field: $(READY) ## How a wave gets on while it is in the field (WAVE=id, by default the last)
	@$(SUPERTOUCH) field "$(STUDY)"$(if $(WAVE), --wave $(WAVE))$(RAW_OPTION)

drift: $(READY) ## Compare a wave's file with the wave before, ahead of taking it in (WAVE=id)
	@$(SUPERTOUCH) drift "$(STUDY)"$(if $(WAVE), --wave $(WAVE))$(RAW_OPTION)

demo: $(READY) ## Write the demo study (analyze does it when data/raw is empty)
	@$(SUPERTOUCH) demo "$(FOLDER)"

clean: ## Remove what the stages wrote, never the raw files nor the store of waves
	rm -rf "$(PROCESSED)/ingest" "$(PROCESSED)/validate" "$(PROCESSED)/analyze"
	rm -rf "$(PROCESSED)/findings" "$(PROCESSED)/tracking" "$(PROCESSED)/decisions"
	rm -rf "$(PROCESSED)/coded"
	rm -rf "$(PROCESSED)/targets.mk"
	rm -rf "$(REPORTS)/tables" "$(REPORTS)/figures" "$(REPORTS)/field" "$(REPORTS)/tracking"
	cd "$(REPORTS)" 2>/dev/null && rm -f cockpit.html tracking.html field.html drift.html banner.html manifest.json \
	  slides.pptx slides.??.pptx slides.??-??.pptx tables.xlsx tables.??.xlsx tables.??-??.xlsx || true

##@ Development

test: $(DEV_READY) ## Run the tests
	.venv/bin/python -m pytest -n auto $(ARGS)

accuracy: $(READY) ## Measure accuracy on simulated studies: hours; goes on where it was stopped
	.venv/bin/python -m benchmarks.accuracy $(ARGS)

lint: $(DEV_READY) ## Check style and format
	.venv/bin/ruff check
	.venv/bin/ruff format --check

types: $(DEV_READY) ## Check the types
	.venv/bin/mypy

check: lint types test ## All checks

test-lowest: $(DEV_READY) ## Run the tests with the lowest versions that pyproject.toml allows
	$(call test_with,lowest-direct)

test-newest: $(DEV_READY) ## Run the tests with the newest versions there are
	$(call test_with,highest)

package: $(DEV_READY) ## Build sdist and wheel; install the wheel in an empty place and run it
	rm -rf dist build
	.venv/bin/python -m hatchling build -d dist
	$(PYTHON) -m venv build/empty
	build/empty/bin/python -m pip install --quiet --require-hashes -r requirements.lock
	build/empty/bin/python -m pip install --quiet --no-index --no-deps dist/*.whl
	build/empty/bin/python -m pip check
	cd build && empty/bin/supertouch --version && empty/bin/supertouch demo study && empty/bin/supertouch run study
	rm -rf build

lock: $(DEV_READY) ## Choose the versions of all packages anew
	$(UV) pip compile pyproject.toml --group build --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-emit-index-url --upgrade --quiet -o requirements.lock
	$(UV) pip compile pyproject.toml --group build --group dev -c requirements.lock --universal \
	  --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade --quiet \
	  -o requirements-dev.lock

distclean: clean ## Remove .venv and all caches too
	test ! -e .venv || mv .venv .venv.old
	rm -rf .venv.old .venv-versions dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -exec rm -rf {} +

help: ## Show this help
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

define test_with
$(UV) venv --quiet --clear --python .venv/bin/python .venv-versions
$(UV) pip install --quiet --python .venv-versions --resolution $(1) -e ".[cluster,fast]"
$(UV) pip install --quiet --python .venv-versions --group tests
.venv-versions/bin/python -m pytest -n auto $(ARGS)
endef

# --- the environment ------------------------------------------------------------------------------

# What was stopped while it was made or filled is made from scratch: half a package may look whole.

ifneq ($(wildcard $(HALF))$(if $(wildcard .venv/bin/python),,none),)
$(VENV): always
endif

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "supertouch needs Python 3.11 or later; name it with PYTHON=." >&2; exit 2; }
	@rm -rf .venv.old && if test -e .venv; then mv .venv .venv.old; fi && mkdir .venv && touch $(HALF)
	$(PYTHON) -m venv .venv
	@rm -rf $(HALF) .venv.old

$(READY): requirements.lock pyproject.toml $(VENV)
	@touch $(HALF)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ && rm -f $(HALF)

$(DEV_READY): requirements-dev.lock $(READY)
	@touch $(HALF)
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@ && rm -f $(HALF)
