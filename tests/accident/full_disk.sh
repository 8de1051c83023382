#!/usr/bin/env bash
# A disk that is full, or nearly: every command that writes fails with 1, says so, and leaves nothing behind.
# usage: full_disk.sh BUILD/mlsys
if [ "${2:-}" != mounted ]; then
  as_root=-m
  unshare -m true 2>/dev/null || as_root=-rm
  if ! unshare $as_root mount -t tmpfs none /tmp 2>/dev/null; then
    echo "SKIPPED: no file system can be mounted here"
    exit 77
  fi
  exec unshare $as_root "$0" "$1" mounted
fi
. "$(dirname "$0")/common.sh"
trap 'cd /; umount -q "$scratch/project" "$scratch/small"; rm -rf "$scratch"' EXIT

flights 1000 >"$TMPDIR/t.csv"
data=$TMPDIR/t.csv
mount -t tmpfs -o size=1m none "$scratch/project"
cd "$scratch/project"
mlsys init . -q >/dev/null
mlsys train "$data" --target late --exclude id --rounds 3 -o "$TMPDIR/model" -q >/dev/null
mlsys register @last --name m -q >/dev/null
run=$(mlsys runs start -q)
mlsys models export -o "$TMPDIR/export" -q >/dev/null
head -c 200k /dev/urandom >"$TMPDIR/artifact"

# room KIB: fills the disk up to that.
room() {
  rm -f fill
  head -c 2M /dev/zero >fill 2>/dev/null || true
  truncate -s $(($(stat -c %s fill) - $1 * 1024)) fill
}

for kib in 0 4; do
  room "$kib"
  state >"$scratch/before"
  for command in "train $data --target late --exclude id --rounds 3" \
    "train $data --target late --exclude id --rounds 3 --no-record -o new" "predict m $data -o new.csv" \
    "predict m $data -o new.parquet" "data split $data -o new" "data profile $data --report new.html" \
    "data infer $data -o new.json" "package m -o new.tar.zst" "store backup new" \
    "eval m $data --report new.html"; do
    expect 1 mlsys $command
    said error:
    said hint:
    grep -qE "No space left|no space is left|disk is full" "$scratch/log" || fail "'mlsys $command' does not say that the disk is full"
    if grep -qE '\.part|internal error' "$scratch/log"; then fail "'mlsys $command' speaks of its insides"; fi
    same_state "'mlsys $command'"
  done
done
room 0
for command in "runs log $run --metric a=1" "runs log $run --artifact $TMPDIR/artifact" "register $TMPDIR/model/ --name other" \
  "promote m/1 --to champion" "runs start" "models tag m a=b" "models import $TMPDIR/export --store other"; do
  expect 1 mlsys $command
  grep -qE "No space left|disk is full" "$scratch/log" || fail "'mlsys $command' does not say that the disk is full"
done
expect 0 mlsys runs artifacts @last
[ "$(mlsys models show m --json | grep -c champion)" = 0 ] || fail "an alias was moved although the disk was full"

# With room again everything goes on where it was.
rm fill
expect 0 mlsys store check
expect 0 mlsys runs log "$run" --metric a=1 --artifact "$TMPDIR/artifact"
expect 0 mlsys promote m/1 --to champion
expect 0 mlsys predict m "$data" -o new.csv
expect 0 mlsys train "$data" --target late --exclude id --rounds 3

# Temporary files have a place of their own.
mkdir "$scratch/small" && mount -t tmpfs -o size=64k none "$scratch/small"
for i in $(seq 200); do cat "$data"; done >"$TMPDIR/large.csv"
code=0
mlsys data profile - --temp-dir "$scratch/small" <"$TMPDIR/large.csv" >"$scratch/log" 2>&1 || code=$?
[ "$code" = 1 ] || fail "standard input larger than --temp-dir ended with $code"
said "choose another --temp-dir"
[ -z "$(ls -A "$scratch/small")" ] || fail "temporary files are left"
