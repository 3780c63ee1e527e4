# make demo    generate the release, grade the sample class, print the grades
# make test    the whole test suite
# make help    the rest
SHELL := /bin/bash
VENV ?= .venv
PYTHON ?= python3
# PyTorch's index of CPU wheels, to install 1 GB instead of 5.5: make demo TORCH_INDEX=<its address>
TORCH_INDEX ?=
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help demo test data release examples bench tables pictures clean

help:
	@echo "make demo      packages, data, release, a sample class graded in build/demo, its grades as a table"
	@echo "make test      the whole test suite (make test ARGS='-k wire' for a part)"
	@echo "make data      Fashion-MNIST into data/, from the first source that works"
	@echo "make release   source/hw4 -> release/hw4, what students get"
	@echo "make examples  the notebooks of the sample class in examples/, from release/ and their answers"
	@echo "make bench     stock nbgrader and the exam side by side, into docs/how-it-works.md (half an hour)"
	@echo "make tables    the tables of docs/how-it-works.md, from what make bench measured last"
	@echo "make pictures  the README's pictures, from make demo"
	@echo "make clean     remove build/ and $(VENV)/ (data/ stays)"
	@echo "TORCH_INDEX=…  take torch and torchvision from this package index (PyTorch's CPU wheels: smaller)"

demo: $(READY) data
	@$(BIN)/python examples/grade.py

test: $(READY) data
	$(BIN)/python -m pytest -n auto --dist loadgroup --no-loadscope-reorder $(ARGS)

data: $(READY)
	@$(BIN)/python setup/data.py

release: $(READY)
	$(BIN)/nbgrader generate_assignment hw4 --force

examples: release
	$(BIN)/python examples/build.py

$(READY): pyproject.toml setup/venv.sh
	@test -x $(BIN)/python || PYTHON=$(PYTHON) setup/venv.sh $(VENV)
	@echo "Installing packages into $(VENV) (some minutes the first time)"
ifneq ($(TORCH_INDEX),)
	@$(BIN)/pip install --index-url $(TORCH_INDEX) $$(grep -oE 'torch(vision)?==[0-9.]+' pyproject.toml)
endif
	@$(BIN)/pip install -e '.[proctor,written,test]'
	@touch $@

bench: $(READY) data
	$(BIN)/python bench/one_notebook.py
	$(BIN)/python bench/sample_class.py
	$(BIN)/python bench/attacks/run.py
	$(BIN)/python docs/make_tables.py

tables: $(READY)
	$(BIN)/python docs/make_tables.py

pictures: demo
	$(BIN)/python docs/make_pictures.py

clean:
	rm -rf build $(VENV)
