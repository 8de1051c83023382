# Read by the tests in this folder: a scratch folder to stand in, and what they all ask.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=$(cd "$(dirname "$1")" && pwd):$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch TMPDIR=$scratch
cd "$scratch"

fail() {
  echo "FAILED: $1" >&2
  cat log >&2
  exit 1
}
