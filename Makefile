# Thin: every target is one command of the project. `make` alone lists them.
PYTHON ?=
VENV := .venv
RUN := $(VENV)/bin/python
UV := .tools/uv/bin/uv
STAMP := $(VENV)/.installed

# A machine may trust an authority of its own (a company's proxy): every client trusts what the system trusts.
SYSTEM_CERTIFICATES := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))
ifneq ($(SYSTEM_CERTIFICATES),)
export SSL_CERT_FILE ?= $(SYSTEM_CERTIFICATES)
export PIP_CERT ?= $(SYSTEM_CERTIFICATES)
export REQUESTS_CA_BUNDLE ?= $(SYSTEM_CERTIFICATES)
export NODE_EXTRA_CA_CERTS ?= $(SYSTEM_CERTIFICATES)
endif

# Without the modules that Python compiled before, every lane of `make test` would compile every file and library again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup lock up down reset status clock admit dismiss parked backup restore rotate release forget demo people test check prove bench contracts tables cases lives replay law-report simulate conformance sandbox population

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-11s %s\n", $$1, $$2 }'

setup: $(STAMP) ## Make the virtual environment and install what is locked (others do it by themselves)

$(STAMP): requirements.lock tools/bootstrap.txt tools/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" UV="$(UV)" sh tools/setup.sh
	@touch $@

lock: $(STAMP) ## Choose versions again from pyproject.toml and write requirements.lock
	$(UV) pip compile --generate-hashes --all-extras --python-version 3.11 --no-emit-index-url \
	  --custom-compile-command "make lock" --upgrade pyproject.toml -o requirements.lock

up: $(STAMP) ## Start the whole platform on this machine, or use the one that runs
	@$(RUN) -m deploy.local up

down: $(STAMP) ## Stop it
	@$(RUN) -m deploy.local down

reset: $(STAMP) ## Stop it and delete its data, keys and logs
	@$(RUN) -m deploy.local reset

status: $(STAMP) ## Show what runs, how it is, and where
	@$(RUN) -m deploy.local status

clock: $(STAMP) ## Show its business clock, or move it forward (SET=2026-12-01 or ADVANCE=30d)
	@$(RUN) -m deploy.local clock $(if $(SET),--set "$(SET)") $(if $(ADVANCE),--advance "$(ADVANCE)")

admit: $(STAMP) ## Admit a partner to REST and Kafka, and tell its secrets once (PARTNER=E000000012X or hospital:1, SCOPES=)
	@$(RUN) -m deploy.local admit "$(PARTNER)" --scopes "$(SCOPES)"

dismiss: $(STAMP) ## Take away what a partner was admitted with (PARTNER=)
	@$(RUN) -m deploy.local dismiss "$(PARTNER)"

parked: $(STAMP) ## Show what is parked, or act on it (ARGS="show claims 17"; docs/operations.md)
	@$(RUN) -m deploy.local parked $(ARGS)

backup: $(STAMP) ## Back up its databases (SERVICE=claims: that one)
	@$(RUN) -m deploy.local backup --services "$(SERVICE)"

rotate: $(STAMP) ## Rotate a service's keys (SERVICE=registration DO=begin, switch, retire; shows where it stands; DRY=1)
	@$(RUN) -m deploy.local rotate "$(SERVICE)" "$(or $(DO),show)" --key "$(KEY)" $(if $(DRY),--dry-run)

restore: $(STAMP) ## Put a service's database back (SERVICE=claims BACKUP=<name, otherwise the latest>)
	@$(RUN) -m deploy.local restore "$(SERVICE)" --backup "$(or $(BACKUP),latest)"

release: $(STAMP) ## Release a database that was put back and waits for an officer (SERVICE= NAME= REASON=)
	@$(RUN) -m deploy.local release "$(SERVICE)" "$(NAME)" "$(REASON)"

forget: $(STAMP) ## Forget up to when a topic is said to have arrived (SERVICE= TOPIC= NAME= REASON=)
	@$(RUN) -m deploy.local forget "$(SERVICE)" "$(TOPIC)" "$(NAME)" "$(REASON)"

demo: $(STAMP) ## Start it and tell one worker's story through all five services
	@$(RUN) -m deploy.local.demo

people: $(STAMP) ## Bring people with known outcomes into the running platform, to try a client with (docs/partners.md)
	@$(RUN) -m deploy.local.people

conformance: $(STAMP) ## Run the conformance pack against the running platform (ARGS="--only classes"; docs/partners.md)
	@$(RUN) -m deploy.local.conformance $(ARGS)

sandbox: $(STAMP) ## The vendors' sandbox, a platform of its own (DO="up", "admit acme", "clock --advance 30d", "reset")
	@$(RUN) -m deploy.local.sandbox $(or $(DO),up)

test: $(STAMP) ## Run every test (ARGS="-k name" narrows it)
	@$(RUN) -m pytest --durations=10 $(ARGS)

check: $(STAMP) ## Hold the shape: formatting, types, imports, architecture, contracts
	@$(RUN) -m tools.check

prove: $(STAMP) ## Crash, chaos, planted bugs (SHORT=1: ten minutes; LONG=1 KILLS= EVENTS= SEEDS= MINUTES=: one long run)
	@$(RUN) -m tests.prove $(ARGS)

bench: $(STAMP) ## Measure, as ratios to stated limits (ARGS="--help" lists what)
	@$(RUN) -m tests.bench $(ARGS)

cases: $(STAMP) ## Run worked cases of the law (FILE=<a file or folder>; otherwise this project's own)
	@FILE="$(FILE)"; $(RUN) -m shared.law.cases $${FILE:+"$$FILE"}

lives: $(STAMP) ## Play worked lives through claims and benefits, and print what is paid by month (FILE=<a file or folder>)
	@FILE="$(FILE)"; $(RUN) -m tests.lives $${FILE:+"$$FILE"}

simulate: $(STAMP) ## Say what an amendment would do (LAW=<overlay> POPULATION=<file or size> OUT=<folder>)
	@LAW="$(LAW)" POPULATION="$(POPULATION)" OUT="$(OUT)" $(RUN) -m tools.simulate

replay: $(STAMP) ## Make every stored decision of the running platform again from its record, and compare the bytes
	@$(RUN) -m deploy.local.replay

law-report: $(STAMP) ## Say what the statute book holds that is not enacted, and why
	@$(RUN) -m shared.law.report

population: $(STAMP) ## Write the files and calls of a population that never was (ARGS="--persons 100000 --seed 1")
	@$(RUN) -m tests.population $(ARGS)

contracts: $(STAMP) tables ## Write the generated contracts again, and the tables
	@$(RUN) -m shared.contracts.generate

tables: $(STAMP) ## Write each service's storage/tables.py again, from the database that its migrations leave
	@$(RUN) -m tools.tables
