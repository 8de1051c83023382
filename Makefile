# The short names of what people do here; the work is done by setup, CMake presets and tests/run.sh.
PREFIX ?= /usr/local

.PHONY: all demo test check quick conformance bench fuzz mutants dist install format clean
all: build/build.ninja
	cmake --build --preset release

build/build.ninja:
	./setup
	cmake --preset release

demo:
	./setup --data
	$(MAKE) all
	recipes/flight-delay/demo.sh

test:
	./setup --dev
	tests/run.sh

check:
	./setup --dev
	tests/run.sh release sanitized fuzz tidy

quick:
	./setup
	cmake --preset dev
	cmake --build --preset dev
	ctest --preset dev -L unit

conformance: all
	cmake --build --preset release --target test-metrics test-forest test-track test-drift
	tests/conformance/run.sh build

bench: all
	./setup --data
	tests/bench/run.py build/mlsys
	cmake --build --preset release --target forest-bench
	tests/bench/forest.py build --engines
	tests/bench/tracking.py build/mlsys --mlflow-runs 2000
	tests/bench/validate.py build/mlsys

fuzz:
	./setup --dev
	tests/run.sh sanitized fuzz

mutants:
	./setup
	tests/mutation.py

dist: all
	./setup --dev
	cmake --build --preset release --target dist

install: all
	cmake --install build --prefix "$(PREFIX)"

format:
	git ls-files '*.cpp' '*.hpp' | xargs clang-format-19 -i

clean:
	rm -rf build build-dev build-asan build-tsan build-tidy
