# Part of business_dept. See LICENSE file for full copyright and licensing details.
# Everything is done by the Python package dev/; what it fetches goes to $XDG_CACHE_HOME/business_dept.
#
#   PORT=8069 DB=business_dept WORKERS=0    make run
#   T=credit JOBS=2                         make test
#   QUICK=1                                 make test-odoo bench
#   ODOO=/path/to/odoo-bin                  use this Odoo 19 instead of fetching one
#   PGHOST=… PGPORT=… PGUSER=… or DATABASE_URL=postgresql://…    use this PostgreSQL

PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help run test lint test-odoo bench i18n screenshots clean

help: ## list what can be made
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

run: ## start Odoo with a demo company on http://127.0.0.1:8069 (PORT= DB= WORKERS=)
	@$(PYTHON) -m dev run

test: ## run the whole test suite, or the part that T= names (JOBS=2 for two at a time)
	@$(PYTHON) -m dev test

lint: ## check style, Odoo's conventions, XML and translations
	@$(PYTHON) -m dev lint

test-odoo: ## run Odoo's own tests with the addons installed (QUICK=1 for a part)
	@$(PYTHON) -m dev test-odoo

bench: ## measure against plain Odoo and write benchmarks/results.json (QUICK=1 only looks)
	@$(PYTHON) -m dev bench

i18n: ## write the translation templates and merge new terms into the translations
	@$(PYTHON) -m dev i18n

screenshots: ## take the pictures of docs/ anew, in Chinese and English (PART= for some)
	@$(PYTHON) -m dev screenshots

clean: ## drop the databases and files that were made; keep what was fetched
	@$(PYTHON) -m dev clean
