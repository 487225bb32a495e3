# `make run` shows the demo co-op; `make test` runs every test. Neither needs more than
# python3 (3.11 or later), pip and make.

UV_VERSION := 0.13.9
UV := .uv/$(UV_VERSION)/bin/uv
PYTHON := .venv/bin/python
PORT ?= 8000
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml
PYTEST := $(PYTHON) -m pytest
export PORT

.PHONY: help setup run test test-postgres check format lock bench reset

help:
	@echo "make run            the demo co-op at http://localhost:$(PORT) (PORT= changes it)"
	@echo "make test           every test, on SQLite"
	@echo "make test-postgres  every test, on the PostgreSQL that DATABASE_URL names"
	@echo "make check          formatting, lint, import contracts, types, templates, migrations"
	@echo "make format         put formatting right"
	@echo "make lock           choose versions anew and write requirements/"
	@echo "make bench          the benchmarks, one after the other"
	@echo "make reset          forget the demo's data; the next make run starts afresh"

setup: .venv/.ready

.venv/.ready: requirements/development.txt $(UV)
	@test -x $(PYTHON) || $(UV) venv --quiet --python python3 .venv
	@echo "Installing what Weft needs …"
	@$(UV) pip sync --quiet --require-hashes requirements/development.txt
	@touch $@

$(UV):
	@python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
		--target .uv/$(UV_VERSION) uv==$(UV_VERSION)

run: setup
	@bin/run

test: setup
	$(PYTEST) -q -n 2 --ignore=tests/browser --ignore=tests/processes
	$(PYTEST) -q tests/browser

test-postgres: setup
	@case "$$DATABASE_URL" in postgres*) ;; *) \
		echo "Set DATABASE_URL=postgres://user:password@host:5432/name (the user must be" \
		"allowed to create databases)."; exit 2;; esac
	$(PYTEST) -q -n 2 --ignore=tests/browser --ignore=tests/processes
	$(PYTEST) -q tests/browser

check: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	.venv/bin/djlint --quiet --check --lint .
	$(PYTHON) manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(PYTHON) -c "import secrets; print(secrets.token_urlsafe(50))") \
		ALLOWED_HOSTS=example.org $(PYTHON) manage.py check --deploy --fail-level WARNING

format: setup
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	.venv/bin/djlint --quiet --reformat . || true

lock: $(UV)
	$(LOCK) --upgrade --extra solver -o requirements/production.txt
	$(LOCK) --upgrade --extra solver --extra development -o requirements/development.txt

bench: setup
	@for script in benchmarks/*.py; do echo "== $$script"; $(PYTHON) $$script || exit 1; done

reset:
	rm -rf var
