# edgesort: `make demo` shows it, `make test` proves it. Both set everything up first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROGRAMS := arm-none-eabi-gcc riscv64-unknown-elf-gcc qemu-system-arm qemu-system-riscv32 clang clang-tidy cppcheck cmake iverilog chromium ccache

.PHONY: setup demo test lint fuzz formal mutants bench clean

setup: $(VENV)/.ready $(VENV)/.debian

# torch first, on its own: its CPU build satisfies every later requirement
$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.debian: Makefile | $(VENV)/.ready
	@command -v $(PROGRAMS) >/dev/null && test $$(command -v $(PROGRAMS) | wc -l) = $(words $(PROGRAMS)) \
	  && test -n "$$(find /usr/lib/arm-none-eabi -name libc.a -print -quit 2>/dev/null)" \
	  && test -n "$$(find /usr/lib/picolibc -name libc.a -print -quit 2>/dev/null)" || { \
	  sudo=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	    gcc-arm-none-eabi libnewlib-arm-none-eabi gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf \
	    qemu-system-arm qemu-system-misc clang clang-tidy cppcheck cmake iverilog chromium ccache >/dev/null; }
	@touch $@

demo: setup
	@rm -rf build/demo
	$(BIN)/edgesort demo --out build/demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	$(BIN)/pytest -n 2 --dist worksteal

fuzz: setup
	$(BIN)/python -m tests.fuzz --seeds 500
	$(BIN)/python -m tests.hil.fuzz_link --seconds 600
	$(BIN)/python -m tests.targets.hls4ml_parity
	$(BIN)/python -m tests.frontends.damage --count 10000
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.frontends.damage_nir --count 10000

formal: setup
	$(BIN)/python -m tests.formal
	$(BIN)/python -m tests.targets.coverage

mutants: setup
	$(BIN)/python -m tests.mutants

bench: setup demo
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps da4ml==0.6.0 kilosort==4.1.7 faiss-cpu==1.15.1
	for bench in mcu fpga host hybrid networks segment sort spiking shipped bits contrastive link monitor; do $(BIN)/python bench/$$bench.py || exit 1; done
	$(BIN)/python bench/bits_plot.py
	$(BIN)/python bench/readme.py
	cp build/demo/report.png docs/report.png

clean:
	rm -rf build $(VENV) .pytest_cache .mypy_cache .ruff_cache
