# Needs GNU make, git and a Python from 3.11 on that has venv. `make` alone lists what there is.
PORT ?= 8000
export PORT

PY = .venv/bin/python
# A site on MariaDB needs its driver (which compiles); SQLite needs nothing but wheels.
SITE_REQUIREMENTS = $(if $(findstring mysql,$(DATABASE_URL)$(shell grep -s '^DATABASE_URL=' .env)),requirements.txt,requirements/base.txt)
# Tests know nothing of the site that runs from this folder, nor of its services.
TEST_ENV = env -u ALLOWED_HOSTS -u CSRF_TRUSTED_ORIGINS IHOME_VAR_DIR=$(CURDIR)/.pytest_cache/var DEBUG=0 SITE_URL=http://127.0.0.1:8000
SQLITE_ENV = $(TEST_ENV) DATABASE_URL=sqlite:///$(CURDIR)/.pytest_cache/var/db.sqlite3 REDIS_URL=
MYSQL_ENV = $(TEST_ENV) DATABASE_URL=$(or $(DATABASE_URL),mysql://root@127.0.0.1:3306/ihome) REDIS_URL=$(or $(REDIS_URL),redis://127.0.0.1:6379/9)
PYTEST = $(PY) -m pytest -n 2
LONG = LIFE_RUNS=300 LIFE_STEPS=50 $(PY) -m pytest --quiet --show-capture=no bookings/tests/test_life_machine.py

.SILENT:
.PHONY: help run dev test test-mysql e2e lint format messages api-schema requirements check check-long clean

help: ## list these targets
	awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: ## install, set up and serve the site with demo data on http://127.0.0.1:8000 (PORT=… for another)
	deploy/install $(SITE_REQUIREMENTS)
	export DEBUG=0; exec deploy/serve

dev: ## the same with DEBUG on, restarted at every change of the code
	deploy/install $(SITE_REQUIREMENTS)
	export DEBUG=1; exec deploy/serve

test: ## run every test on SQLite; needs no service, no browser and no running site
	deploy/install requirements/dev.txt
	$(SQLITE_ENV) $(PYTEST) $(ARGS)

test-mysql: ## run the same tests on MariaDB and Redis (DATABASE_URL, REDIS_URL)
	.ci/need gcc pkg-config libmariadb-dev
	deploy/install requirements/dev.txt requirements.txt
	$(MYSQL_ENV) $(PY) .ci/check_services.py
	$(MYSQL_ENV) $(PYTEST) $(ARGS)

e2e: ## walk through the site in real Chromium
	.ci/need chromium fonts-noto-cjk
	deploy/install requirements/e2e.txt
	$(SQLITE_ENV) $(PY) -m pytest tests_e2e $(ARGS)

lint: ## check style, types, layers, templates, migrations and translations
	deploy/install requirements/lint.txt
	$(SQLITE_ENV) .ci/lint

format: ## put code and templates into the form that lint asks for
	deploy/install requirements/lint.txt
	$(PY) -m ruff check --fix --quiet
	$(PY) -m ruff format

messages: ## collect the strings to translate into locale/, then compile (needs gettext)
	.ci/need gettext
	deploy/install requirements/base.txt
	$(SQLITE_ENV) $(PY) manage.py makemessages --locale zh_Hans --no-wrap --no-obsolete --add-location file
	$(SQLITE_ENV) $(PY) manage.py compilemessages --locale zh_Hans

api-schema: ## write what the API is into docs/openapi.yaml
	deploy/install requirements/base.txt
	$(SQLITE_ENV) $(PY) manage.py spectacular --lang en --validate --fail-on-warn --file docs/openapi.yaml

requirements: ## pin the newest versions that requirements/*.in allow
	.ci/pin

check: ## everything that decides whether a change may land
	.ci/run

check-long: ## search at random: 300 lives of bookings on SQLite and on MariaDB (DATABASE_URL, REDIS_URL), 3000 requests
	.ci/need gcc pkg-config libmariadb-dev
	deploy/install requirements/dev.txt requirements.txt
	$(MYSQL_ENV) $(PY) .ci/check_services.py
	$(SQLITE_ENV) $(LONG)
	$(MYSQL_ENV) $(LONG)
	$(MYSQL_ENV) SCHEMA_CASES=3000 $(PYTEST) ihome_project/tests/test_schemathesis.py

clean: ## remove what was installed and built; var/ with the site's data stays
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -prune -exec rm -rf {} +
