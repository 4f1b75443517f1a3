# The logic is in packaging/dev.py, which works without make too (Windows, macOS).
PYTHON ?= python3
DEV := $(PYTHON) packaging/dev.py

.DEFAULT_GOAL := help
.NOTPARALLEL:

.PHONY: run
run: ## Open the window in practice mode; with no display, take the tour
	@$(DEV) run $(ARGS)

.PHONY: tour
tour: ## Have the program show the whole job by itself, with pictures in build/tour
	@$(DEV) tour $(ARGS)

.PHONY: test
test: ## Run every test, headless; ARGS="-k paste" passes on to pytest
	@$(DEV) test $(ARGS)

.PHONY: chaos
chaos: ## Kill the engine in many rounds of troubles (ROUNDS=1000), or in one again (SEED=7)
	@$(DEV) chaos $(ROUNDS:%=--rounds=%) $(SEED:%=--seed=%) $(ARGS)

.PHONY: mutants
mutants: ## Put faults into a copy of the program; the tests must catch each
	@$(DEV) mutants $(ARGS)

.PHONY: bench
bench: ## Measure it beside what one would use instead (ARGS="--only throughput"); takes long
	@$(DEV) bench $(ARGS)

.PHONY: bench-quick
bench-quick: ## The same in two minutes, for a look while working
	@$(DEV) bench-quick $(ARGS)

.PHONY: lint
lint: ## Check style and formatting (ruff)
	@$(DEV) lint

.PHONY: types
types: ## Check types (mypy)
	@$(DEV) types

.PHONY: imports
imports: ## Check that imports go one way (import-linter)
	@$(DEV) imports

.PHONY: check
check: ## Do lint, types, imports and test
	@$(DEV) check $(ARGS)

.PHONY: texts
texts: ## Make the English plurals anew, after texts with %n have changed
	@$(DEV) texts

.PHONY: screenshots
screenshots: ## Picture every window in build/screenshots; ARGS=--guide renews the guide's
	@$(DEV) screenshots $(ARGS)

.PHONY: lock
lock: ## Write the lock files anew; ARGS=--upgrade takes the newest versions
	@$(DEV) lock $(ARGS)

.PHONY: freeze
freeze: ## Freeze the program to dist/cancel-desk, and have it take the tour
	@$(DEV) freeze $(ARGS)

.PHONY: package
package: ## Make the Linux packages in dist, in a clean Debian 12 of their own (as root)
	@$(DEV) package $(ARGS)

.PHONY: package-test
package-test: ## Install the Debian package in a minimal Debian 12, use and remove it (as root)
	@$(DEV) package-test $(ARGS)

.PHONY: reproduce
reproduce: ## Make the Linux packages twice; every byte must be the same (as root)
	@$(DEV) reproduce

.PHONY: installer-test
installer-test: ## Install, upgrade and remove a stand-in with the Windows installer, under wine
	@$(DEV) installer-test

.PHONY: clean
clean: ## Remove everything that these targets made
	@$(DEV) clean

.PHONY: help
help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
