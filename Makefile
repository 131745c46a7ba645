# Everything goes through scripts/, which need no more than Python 3.11. “make help” lists what there is.
PYTHON ?= python3
RUN = $(PYTHON) -m scripts
export TAGS PORT FRESH SERVE SIZES PEERS SLOWEST BASE

.DEFAULT_GOAL := help
.PHONY: help
help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | while IFS='|' read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done

.PHONY: env
env: ## build the environment: Odoo, Python packages, PostgreSQL, PDF tool, browser
	@$(RUN) env

.PHONY: check
check: ## look over the work at hand in less than two minutes: lint, the rules, the tests of what was changed; BASE= since when
	@$(RUN) check

.PHONY: test test-engine test-odoo test-e2e soak
test: ## run all tests; TAGS= narrows, SLOWEST=40 lists the slowest
	@$(RUN) run_tests
test-engine: ## run the tests of the rules, without Odoo
	@$(RUN) run_tests engine
test-odoo: ## run the add-on's tests in Odoo; TAGS=/grey_hat_collections:TestLedger narrows
	@$(RUN) run_tests odoo
test-e2e: ## run the black-box tests: a real server, browser and mail server
	@$(RUN) run_tests e2e
soak: ## run the long tests: many kills at random moments, two years of receivables, Odoo's own tests; GHC_SEED= meets moments again
	@$(RUN) run_tests soak

.PHONY: shell
shell: ## open Odoo's Python shell; DB= names the database, a script may come on standard input
	@$(RUN) shell $(DB)

.PHONY: serve demo
serve: ## serve the database DB= on http://127.0.0.1:8069; PORT= changes it
	@$(RUN) serve $(DB)
demo: ## make the demo database and serve it; FRESH=1 starts over, SERVE=0 only shows what is there
	@$(RUN) demo

.PHONY: bench
bench: ## measure, beside what people use today; SIZES=2000 is quick
	@$(RUN) bench

.PHONY: lint format
lint: ## check style and likely mistakes
	@$(RUN) lint
format: ## put the code into its format
	@$(RUN) format

.PHONY: screenshots pot wheel
screenshots: ## take the pictures of the documentation, from the demo database
	@$(RUN) screenshots
pot: ## write the templates for translators
	@$(RUN) pot
wheel: ## build the add-ons' packages into dist/
	@$(RUN) wheel

.PHONY: clean
clean: ## stop PostgreSQL, drop the project's databases and build/; ALL=1 drops the cache too
	@$(RUN) clean $(if $(ALL),all)
