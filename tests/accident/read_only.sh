#!/usr/bin/env bash
# A project that may only be read, as another user and on a read-only file system: what reads works, what writes fails
# with 1 and says why, and nothing changes.
# usage: read_only.sh BUILD/mlsys
. "$(dirname "$0")/common.sh"

flights 500 >t.csv
mlsys init . -q >/dev/null
mlsys train t.csv --target late --exclude id --rounds 3 -q >/dev/null
mlsys register @last --name m -q >/dev/null
run=$(mlsys runs list -q)
mlsys data infer t.csv -o contract.json -q >/dev/null
state >"$scratch/before"

# attempts WHY COMMAND...: all verbs, each by way of the command.
attempts() {
  local why=$1
  shift
  for verb in "train t.csv --target late --exclude id --rounds 3" \
    "train t.csv --target late --exclude id --rounds 3 --no-record -o new" "predict m t.csv -o new.csv" \
    "eval m t.csv --report new.html" "runs start" "runs log $run --metric a=1" "runs end $run" "register @last --name m" \
    "runs edit $run --name x" "models tag m a=b" "promote m/1" "package m -o new.tar.zst" "data split t.csv -o new" "data infer t.csv -o new.json" \
    "config set threads 2" "store gc" "init new"; do
    expect 1 "$@" mlsys $verb
    said "$why"
    said hint:
  done
  for verb in "runs list" "runs show @last" "runs artifacts @last" "runs compare @last @last" "models list" "models history" "lineage m" "predict m t.csv -o $TMPDIR/out.csv" "eval m t.csv" \
    "drift m t.csv" "validate t.csv -c contract.json" "data profile t.csv" "store check" "store gc --dry-run --older-than 0" "doctor"; do
    expect 0 "$@" mlsys $verb
  done
  expect 0 "$@" mlsys doctor
  said "can be read but not written"
  rm -f "$TMPDIR"/out.csv*
}

tried=''
if [ "$(id -u)" != 0 ]; then
  chmod -R a-w .
  attempts "Permission denied" env
  chmod -R u+w .
  tried=1
elif setpriv --reuid=65534 --regid=65534 --clear-groups mlsys --version >/dev/null 2>&1; then
  attempts "Permission denied" setpriv --reuid=65534 --regid=65534 --clear-groups
  tried=1
fi
same_state "a user who may not write"

as_root=-m
unshare -m true 2>/dev/null || as_root=-rm
if unshare $as_root mount --bind . . 2>/dev/null; then
  export -f attempts expect said fail
  export scratch run
  unshare $as_root bash -euc 'mount --bind . . && mount -o remount,ro,bind . && cd . && cd "$PWD" && attempts "Read-only file system" env'
  tried=1
fi
same_state "a read-only file system"
[ -n "$tried" ] || skip "neither another user nor a mount is possible here"
