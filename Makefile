# The commands of the README and of .ci/run. Everything happens in .venv; nothing is installed elsewhere.

PYTHON ?= python3
BIN = .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
CONSTRAINTS = .venv/constraints.txt

.PHONY: up test test-heavy check bench screenshots

# torch first and by itself: asked for by another package, pip could take a build with gigabytes of CUDA.
.venv/runtime: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) torch==2.13.0
	echo "torch==2.13.0" > $(CONSTRAINTS)
	$(PIP) -c $(CONSTRAINTS) -e '.[cpu]'
	touch $@

.venv/dev: .venv/runtime
	$(PIP) -c $(CONSTRAINTS) -e '.[cpu,dev]'
	touch $@

# Install what is needed and run Frontdesk with the sample company.
up: .venv/runtime
	@$(BIN)/frontdesk up --demo

# The default tests: no network, no GPU, no key.
test: .venv/dev
	$(BIN)/python -m pytest

# What needs Debian's packages: a real browser, PostgreSQL.
test-heavy: .venv/dev
	tests/heavy_packages.sh
	$(BIN)/python -m pytest -m heavy

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

bench: .venv/dev
	$(BIN)/python -m tests.bench.questions

screenshots: .venv/dev
	tests/heavy_packages.sh
	$(BIN)/python -m tests.browser.screenshots
