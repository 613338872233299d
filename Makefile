# Two commands do all: `make demo` and `make test`. The rest are their parts.
PYTHON ?= python3
TORCH ?= torch==2.13.0
VENV := .venv
BIN := $(VENV)/bin
ROOMS := __init__.py __main__.py cli.py commands core host_bridge kernels plugin training
NATIVE = $(shell git ls-files '*.cpp' '*.hpp' '*.h' '*.c')

.PHONY: demo test setup build lint types layers native-test sanitize sanitize-memory sanitize-threads unit-test gpu-test \
	sanitize-shell fuzz fuzz-shell wheel bench gpu-bench clean

demo: build
	$(BIN)/trimatte demo

test: build lint types layers native-test sanitize-memory sanitize-threads unit-test

setup: $(VENV)/.ready

# torch comes first and alone, so that no other dependency chooses another build of it.
$(VENV)/.ready: pyproject.toml
	@command -v c++ >/dev/null || { echo "A C++20 compiler is missing: apt-get install g++ cmake" >&2; exit 2; }
	@command -v cmake >/dev/null || { echo "CMake 3.25 or newer is missing: apt-get install cmake" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q "$(TORCH)"
	$(BIN)/pip install -q "scikit-build-core>=1.1" "pybind11>=3.1" ninja
	touch $@

build: $(VENV)/.ready
	$(BIN)/pip install -q --no-build-isolation -e ".[dev]"

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/clang-format --dry-run --Werror $(NATIVE)

types:
	$(BIN)/mypy

layers:
	$(BIN)/lint-imports

native-test:
	ctest --test-dir $$(ls -d build/cp*/ | head -n 1) --output-on-failure --no-tests=error

# The host without Python, hosting the probes: once under AddressSanitizer and UndefinedBehaviorSanitizer, once under
# ThreadSanitizer. Only what the test needs is built, with little optimisation. A machine whose kernel or compiler does
# not run programs of ThreadSanitizer says so in a line.
sanitize: sanitize-memory sanitize-threads

sanitize-memory: SANITIZERS = address,undefined
sanitize-threads: SANITIZERS = thread
RUNS_THREADS = echo 'int main() {}' | $(CXX) -fsanitize=thread -x c++ - -o build/runs-threads && build/runs-threads
SANITIZED_HOST = set -e; cmake -S . -B build/$@ -G Ninja -DTRIMATTE_ROOMS=host_bridge \
	    -DTRIMATTE_SANITIZE=$(SANITIZERS) -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1 \
	    -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja -DPython_EXECUTABLE=$(abspath $(BIN))/python > /dev/null; \
	cmake --build build/$@ --target host_test -- --quiet; \
	ctest --test-dir build/$@ -R '^host$$' --output-on-failure --no-tests=error

sanitize-memory: $(VENV)/.ready
	$(SANITIZED_HOST)

sanitize-threads: $(VENV)/.ready
	@mkdir -p build
	@if ($(RUNS_THREADS)) > /dev/null 2>&1; then $(SANITIZED_HOST); \
	else echo "left out: this machine runs no program that is compiled with -fsanitize=thread"; fi

# Clang looks by coverage, other compilers by chance; Python targets too look by coverage where atheris is installed.
RUNS ?= 20000
SEED ?= 1
FUZZ_CLANG := $(firstword $(foreach name,clang++ clang++-19 clang++-16 clang++-14,$(shell command -v $(name))))
FUZZ_SOURCES := tests/fuzz/protocol.cpp plugin/native/bridge/channel.cpp $(wildcard plugin/native/wire/*.cpp)
FUZZ_FLAGS := -std=c++20 -g -O1 -fno-sanitize-recover=undefined -Iplugin/native

# The shell under AddressSanitizer and UndefinedBehaviorSanitizer before a worker that lies, the wire under
# ThreadSanitizer.
SHELL_BUNDLE = build/sanitize-shell/plugin/native/Trimatte.ofx.bundle
SHARED = $(shell $(CXX) -print-file-name=$(1))

SANITIZED_SHELL = cmake -S . -B build/sanitize-shell -G Ninja -DTRIMATTE_ROOMS=plugin -DTRIMATTE_TESTS=ON \
	    -DTRIMATTE_SANITIZE=address,undefined -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1 -g1" \
	    -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja -DPython_EXECUTABLE=$(abspath $(BIN))/python > /dev/null && \
	cmake --build build/sanitize-shell

sanitize-shell: $(VENV)/.ready
	$(SANITIZED_SHELL) --target Trimatte -- --quiet
	TRIMATTE_TEST_BUNDLE=$(abspath $(SHELL_BUNDLE)) LD_PRELOAD=$(call SHARED,libasan.so):$(call SHARED,libstdc++.so) \
	    ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	    $(BIN)/pytest -q -p no:cacheprovider tests/plugin/test_lying_worker.py \
	    tests/plugin/test_overlay.py tests/plugin/test_overlay_strokes.py tests/plugin/test_overlay_lies.py
	mkdir -p build/fuzz
	$(CXX) $(FUZZ_FLAGS) -fsanitize=thread -pthread $(filter-out %protocol.cpp,$(FUZZ_SOURCES)) tests/fuzz/threads.cpp \
	    -o build/fuzz/threads
	build/fuzz/threads

# The whole shell, from the action of a host to the wire, before a worker that lies.
fuzz-shell: $(VENV)/.ready
	$(SANITIZED_SHELL) --target shell_fuzz -- --quiet
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	    build/sanitize-shell/tests/native/shell_fuzz/shell_fuzz $(RUNS) $(SEED)

fuzz:
	mkdir -p build/fuzz/corpus
ifneq ($(FUZZ_CLANG),)
	$(FUZZ_CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined $(FUZZ_SOURCES) -o build/fuzz/protocol
	build/fuzz/protocol -runs=$(RUNS) -seed=$(SEED) -max_len=8192 -artifact_prefix=build/fuzz/ build/fuzz/corpus
else
	$(CXX) $(FUZZ_FLAGS) -fsanitize=address,undefined $(FUZZ_SOURCES) tests/fuzz/driver.cpp -o build/fuzz/protocol
	build/fuzz/protocol $(RUNS) $(SEED)
endif
	$(MAKE) fuzz-shell
	$(BIN)/python -W ignore tests/fuzz/fuzz.py state --runs $(RUNS) --seed $(SEED)
	$(BIN)/python -W ignore tests/fuzz/fuzz.py keyframe --runs $(RUNS) --seed $(SEED)

# Each file's tests run in one process: they share clips, weights and workers.
unit-test:
	$(BIN)/pytest -m "not gpu" -n 2 --dist loadfile

gpu-test: build
	$(BIN)/pytest -m gpu

wheel: setup
	$(BIN)/pip wheel -q --no-build-isolation --no-deps -w dist .

bench: build
	$(BIN)/python benchmarks/session.py speed
	$(BIN)/python benchmarks/session.py memory
	$(BIN)/python benchmarks/render.py
	$(BIN)/python benchmarks/kernels.py

# On a machine with a graphics card; without a virtual environment: sh benchmarks/gpu.sh
gpu-bench: build
	PYTHON=$(BIN)/python sh benchmarks/gpu.sh

clean:
	rm -rf build dist demo_output
