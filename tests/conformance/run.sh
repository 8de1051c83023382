#!/usr/bin/env bash
# run.sh BUILD: our numbers against the live libraries (scikit-learn, SciPy, pandas, XGBoost's Python package), on new
# random cases; the forest on emulated 64-bit Arm; what tracking promises, many more times than make test does. The stored
# expectations that `make test` uses were made by the same scripts.
set -uo pipefail
build=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
python=$("$here/../venv.sh") || exit 1
passed=0 failed=0
check() {
  echo "=== $1"
  if "$python" "$here/$1" "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
check metrics_oracle.py --check "$build/tests/test-metrics"
check drift_scipy.py --check "$build/tests/test-drift"
check xgboost_python.py "$build/mlsys"
check validate_pandas.py "$build/mlsys"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
check forest_parity.py "$scratch" --check "$build/tests/test-forest"
if command -v aarch64-linux-gnu-g++ qemu-aarch64-static >/dev/null; then
  echo "=== arm.sh"
  if "$here/arm.sh"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
else
  echo "=== arm.sh: skipped, no cross compiler or emulator (apt-get install g++-aarch64-linux-gnu qemu-user-static)"
fi
# told NAME COMMAND...: a test that says more when it is told to.
told() {
  echo "=== $1"
  if "${@:2}"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
told "10,000 filters against an evaluator of one run after the other" \
  env MLSYS_FILTERS=10000 "$build/tests/test-track" -tc='*orders and pages agree*'
told "64 processes of 500 calls" env MLSYS_CROWD=64x500 "$build/tests/test-track" -tc='many processes log to one run*'
told "200 kills" "$python" "$here/../accident/tracking_kill.py" "$build/mlsys" --kills 200 --seed "$(date +%s)"
echo "$passed passed, $failed failed"
((failed == 0))
