# Everything a newcomer types. Each target sets up what it needs; steps already done are skipped.
# Any setting of docs/operations.md may be given: make run PORT=8100

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV := .venv/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& { echo $$p; break; }; done)
WITHOUT_SERVERS := DJANGO_SETTINGS_MODULE=scripts.lint_settings
SOURCES := manage.py livecommerce officials products streams orders tests scripts

.PHONY: help setup run demo-reset doctor test coverage lint messages lock empty-shop
.PHONY: lint-ruff lint-format lint-types lint-imports lint-templates lint-js lint-security
.PHONY: lint-migrations lint-messages
.PHONY: bench-room bench-flash bench-sellout bench-media bench-pages bench-reports bench-words bench-nginx bench-screen

help: ## Show these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup:
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed: install it, or PYTHON=/path/to/it" >&2; exit 1; fi
	@$(PYTHON) scripts/bootstrap.py

run: setup ## Set up and start everything on this machine (PORT=8000)
	@exec $(VENV)/python -m livecommerce.embedded run

demo-reset: setup ## Throw the demo's data away; the next start makes it anew
	@$(VENV)/python -m livecommerce.embedded reset

doctor: setup ## Say what is wrong with this set-up, and how to mend it
	@$(VENV)/python manage.py doctor

test: setup messages ## Run every test, browser tests included
	@CHROMIUM="$$($(VENV)/python scripts/chromium.py)" && export CHROMIUM \
	&& exec $(VENV)/pytest -n 3 --dist loadfile $(PYTEST_ARGS)

coverage: ## The same tests, slower: which lines they ran
	@$(MAKE) test PYTEST_ARGS="--cov --cov-report=term $(PYTEST_ARGS)"

lint: lint-ruff lint-format lint-types lint-imports lint-templates lint-js lint-security lint-migrations lint-messages ## Check style, types, import order, templates and messages

lint-ruff: setup
	$(VENV)/ruff check -q $(SOURCES)
lint-format: setup
	$(VENV)/ruff format --check -q $(SOURCES)
lint-types: setup
	$(VENV)/mypy
lint-imports: setup
	$(VENV)/lint-imports --no-logo
lint-templates: setup
	$(VENV)/djlint --lint --quiet templates
lint-js: setup
	$(VENV)/oxlint --deny-warnings static/js
lint-security: setup
	$(VENV)/bandit -q -c pyproject.toml -r livecommerce officials products streams orders
lint-migrations: setup
	@$(WITHOUT_SERVERS) $(VENV)/python manage.py makemigrations --check --dry-run
lint-messages: setup
	@$(WITHOUT_SERVERS) $(VENV)/python manage.py messages --check

messages: setup
	@$(WITHOUT_SERVERS) $(VENV)/python manage.py messages

lock: setup ## Resolve pyproject.toml anew into the hashed locks (image and development)
	$(VENV)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --group dev pyproject.toml -o requirements.lock
	$(VENV)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links -c requirements.lock pyproject.toml \
		-o deploy/requirements.lock

empty-shop: setup ## After a new migration: write anew the tables a first start begins with
	@$(VENV)/python scripts/empty_shop.py

bench-room: setup ## Sockets in one room: deliveries a second, delays
	@$(VENV)/python -m tests.bench.room $(BENCH_ARGS)
bench-flash: setup ## Orders a second on one hot product, over HTTP
	@$(VENV)/python -m tests.bench.flash $(BENCH_ARGS)
bench-sellout: setup ## Many buyers for few items: none sold twice
	@$(VENV)/python -m tests.bench.sellout $(BENCH_ARGS)
bench-media: setup ## Hosts and viewers of the media engine
	@$(VENV)/python -m tests.bench.media $(BENCH_ARGS)
bench-nginx: setup ## 1,000 long-polling viewers behind deploy/nginx.conf (needs nginx)
	@$(VENV)/python -m tests.bench.nginx $(BENCH_ARGS)
bench-reports: setup ## A festival's report and panel beside counting its rows
	@$(VENV)/python -m tests.bench.reports $(BENCH_ARGS)
bench-words: setup ## What one chat line costs to check against 20,000 words
	@$(VENV)/python -m tests.bench.words $(BENCH_ARGS)
bench-screen: setup ## Eight hours of a festival's wall in a browser: what it holds
	@$(VENV)/python -m tests.bench.screen $(BENCH_ARGS)
bench-sheets: setup ## 5,000 rows of a spreadsheet: looked at and applied
	@$(VENV)/python -m tests.bench.sheets $(BENCH_ARGS)
bench-pages: setup ## Requests a second and sizes of the public pages
	@$(VENV)/python -m tests.bench.pages $(BENCH_ARGS)
