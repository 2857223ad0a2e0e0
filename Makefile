# `make app` and `make test` are all most people need; both install what they use.

VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --only-binary :all:
PORT ?= 8501
ARGS ?=

export PYTHON

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help app install test lint format bench screenshots requirements clean

help:  ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 22

app: install  ## start the dashboard on http://localhost:8501 (PORT=8600 for another port)
	$(PY) -m streamlit run app.py --server.port $(PORT)

install: $(VENV)/installed  ## create .venv with everything the dashboard needs (PYTHON=python3.12 to choose)

test: $(VENV)/installed-test  ## run style, types, unit, page and browser tests (ARGS for pytest; .ci/run adds the slow ones)
	$(PY) tools/chromium.py
	$(MAKE) --no-print-directory lint
	$(PY) -m pytest -n 2 --dist loadfile $(ARGS)

lint: $(VENV)/installed-test  ## check style and types only
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: $(VENV)/installed-test  ## rewrite the code in the project's style
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(VENV)/installed-test  ## measure speed beside the plain way (ARGS="answers page" for some parts)
	$(PY) tools/chromium.py
	$(PY) -m benchmarks $(ARGS)

screenshots: $(VENV)/installed-test  ## take the pictures of the documentation anew, one of each page
	$(PY) tools/chromium.py
	$(PY) -m tools.screenshots

requirements:  ## pin pyproject.toml's dependencies anew (ARGS=--upgrade for the newest)
	sh tools/pin_requirements.sh $(VENV) $(ARGS)

clean:  ## remove .venv and caches; what you made in workspace/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Empty files that tell when the pins were last installed. pip asks no network for pins that are met.
$(VENV)/installed: requirements.txt
	sh tools/create_venv.sh $(VENV)
	@echo "Installing what the dashboard needs (3 GB on disk; a few minutes the first time)"
	$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/installed-test: requirements-test.txt $(VENV)/installed
	$(INSTALL) -r requirements-test.txt
	@touch $@
