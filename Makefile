# make demo    generate the release, grade the sample class, print the grades
# make test    the test suite
# make help    the rest
SHELL := /bin/bash
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
READY := $(VENV)/.ready
GROUPS_OF_PACKAGES := proctor,written,test,mutants,lint,postgresql,dask
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help demo test test-slow attacks lint format data release examples bench tables pictures clean

help:
	@echo "make demo      packages, data, release, a sample class graded in build/demo, its grades as a table"
	@echo "make test      the test suite (make test ARGS='-k wire' for a part)"
	@echo "make test-slow its long part: containers, browsers, whole classes graded by stock nbgrader, busy machines"
	@echo "make attacks   every attack against this machine's protection: earned, learned, stopped, seconds, memory"
	@echo "make lint      style, types and the ways of imports; what it finds, make format may mend"
	@echo "make format    mend what can be mended without thinking, and format"
	@echo "make data      Fashion-MNIST into data/, from the first source that works"
	@echo "make release   source/hw4 -> release/hw4, what students get"
	@echo "make examples  the notebooks of the sample class in examples/, from release/ and their answers"
	@echo "make bench     stock nbgrader and the exam side by side, into docs/how-it-works.md (half an hour)"
	@echo "make tables    the tables of docs/how-it-works.md, from what make bench measured last"
	@echo "make pictures  the pictures of README and docs/, from make demo, JupyterLab and TensorBoard"
	@echo "make clean     remove build/ and $(VENV)/ (data/ stays)"
	@echo
	@echo "PYTHON=…            the Python to begin with (3.10 or newer; default: python3)"
	@echo "UV_TORCH_BACKEND=…  PyTorch's wheels: cpu (default), auto (for the GPU of this machine), cu130, …"

demo: $(READY) data
	@$(BIN)/python examples/grade.py

PYTEST := $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

test: $(READY) data
	$(PYTEST) -m "not slow" $(ARGS)

test-slow: $(READY) data
	$(PYTEST) -m slow $(ARGS)

attacks: $(READY) data
	$(BIN)/python bench/attacks/run.py $(ARGS)

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

data: $(READY)
	@$(BIN)/python setup/data.py

release: $(READY)
	$(BIN)/nbgrader generate_assignment hw4 --force

examples: release
	$(BIN)/python examples/build.py

# Stopped half-way, it goes on here: pip comes last into the environment, and .ready after everything.
# The environment's own Python, first in PATH, cannot be what the environment is made with.
$(READY): pyproject.toml setup/venv.sh setup/packages.py
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || \
	    PATH="$${PATH#*:}" PYTHON=$(PYTHON) setup/venv.sh $(VENV)
	@echo "Installing packages into $(VENV) (a minute or some, the first time)"
	@$(BIN)/python setup/packages.py $(GROUPS_OF_PACKAGES)
	@touch $@

bench: $(READY) data
	$(BIN)/python bench/one_notebook.py
	$(BIN)/python bench/sample_class.py
	$(BIN)/python bench/attacks/stock.py
	$(BIN)/python bench/attacks/run.py
	$(BIN)/python docs/make_tables.py

tables: $(READY)
	$(BIN)/python docs/make_tables.py

pictures: demo
	$(BIN)/python docs/make_pictures.py
	HW4_PICTURES=docs/pictures $(BIN)/python -m pytest -m slow tests/assignment/test_in_jupyterlab.py -k "validate or interrupted or tensorboard"

clean:
	rm -rf build $(VENV)
