# Read by the tests in this folder: a scratch folder to stand in, and what they all ask.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=$(cd "$(dirname "$1")" && pwd):$PATH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch TMPDIR=$scratch/tmp LC_ALL=C
mkdir "$TMPDIR" "$scratch/project"
chmod 755 "$scratch" && chmod 1777 "$TMPDIR"
cd "$scratch/project"
. "$root/tests/cli/functions.sh"

fail() {
  echo "FAILED: $1" >&2
  cat "$scratch/log" >&2
  exit 1
}
# For what cannot be tried on this machine; ctest shows it as skipped.
skip() {
  echo "SKIPPED: $1"
  exit 77
}
# expect CODE COMMAND...: runs it with its output in the log.
expect() {
  local want=$1 code=0
  shift
  "$@" >"$scratch/log" 2>&1 </dev/null || code=$?
  [ "$code" = "$want" ] || fail "'$*' ended with $code instead of $want"
}
# said TEXT: the last command's output holds it.
said() { grep -qF -- "$1" "$scratch/log" || fail "nothing says '$1'"; }
# Everything below the folder but the database's own files, and what the database says.
state() {
  find . -path '*/mlsys.db*' -prune -o -name fill -prune -o -print | sort
  mlsys runs list --json | grep -v '"duration\|"end_time'
  mlsys models list --json
}
same_state() { state >"$scratch/after" && diff "$scratch/before" "$scratch/after" >"$scratch/log" || fail "$1 left something behind"; }
