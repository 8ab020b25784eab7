# The commands of the README and of .ci/run. Everything happens in .venv; nothing is installed elsewhere.

PYTHON ?= python3
BIN = .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
CONSTRAINTS = .venv/constraints.txt
unexport PYTHONDONTWRITEBYTECODE # with it, each of the tests' processes compiles all our modules again

.PHONY: up test test-heavy check bench bench-ingest bench-retrieval finetune-demo screenshots

# torch first and by itself: asked for by another package, pip could take a build with gigabytes of CUDA.
.venv/runtime: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) torch==2.13.0
	echo "torch==2.13.0" > $(CONSTRAINTS)
	$(PIP) -c $(CONSTRAINTS) -e '.[cpu]'
	touch $@

.venv/dev: .venv/runtime
	$(PIP) -c $(CONSTRAINTS) -e '.[cpu,dev,finetune]'
	touch $@

.venv/bench: .venv/dev
	$(PIP) -c $(CONSTRAINTS) -e '.[cpu,dev,finetune,bench,quantized]'
	touch $@

# Install what is needed and run Frontdesk with the sample company.
up: .venv/runtime
	@$(BIN)/frontdesk up --demo

# The default tests: no network, no GPU, no key.
test: .venv/dev
	$(BIN)/python -m pytest

# What needs Debian's packages (a real browser, PostgreSQL) and the other frameworks that we compare with.
test-heavy: .venv/bench
	tests/heavy_packages.sh
	$(BIN)/python -m pytest -m "heavy and not gpu and not slow and not llamacpp" --timeout 600

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

bench: .venv/dev
	$(BIN)/python -m tests.bench.questions

# A thousand pages made searchable by us and by other frameworks, three times, an hour or more; then questions beside a run.
bench-ingest: .venv/bench
	$(BIN)/python -m tests.bench.ingestion --torch
	$(BIN)/python -m tests.bench.ingestion_load

# The tables of docs/quality.md; minutes to hours. SETS are folders as `frontdesk evaluate` takes them.
SETS ?= data/eval
bench-retrieval: .venv/bench
	$(BIN)/python -m tests.bench.embedding
	$(BIN)/python -m tests.bench.vectors
	$(BIN)/python -m tests.bench.lexical
	$(BIN)/python -m tests.bench.questions --filler 100000 --compare
	for set in $(SETS); do $(BIN)/frontdesk evaluate $$set --compare || exit 1; done
	$(BIN)/python -m tests.bench.ablation $(SETS) data/editions

# Data, training, judgement, promotion and a live switch, with the sample company and a small Llama of our own; 8 minutes.
finetune-demo: .venv/dev
	$(BIN)/python -m tests.bench.finetune_demo

screenshots: .venv/dev
	tests/heavy_packages.sh
	$(BIN)/python -m tests.browser.screenshots
