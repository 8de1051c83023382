#!/usr/bin/env bash
# A store on a network file system is refused by every command that would use it, with a way out, and nothing is made
# there. The file system is a pretence: statfs says NFS for paths below the folder.
# usage: network.sh BUILD/mlsys
. "$(dirname "$0")/common.sh"
command -v cc >/dev/null || skip "no C compiler"
case $(ldd "$(command -v mlsys)") in *libasan*) skip "a sanitizer wants to be loaded first" ;; esac

cat >"$scratch/remote.c" <<'EOF'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
int statfs(const char *path, struct statfs *info) {
  int (*real)(const char *, struct statfs *) = (int (*)(const char *, struct statfs *))dlsym(RTLD_NEXT, "statfs");
  const int result = real(path, info);
  const char *below = getenv("REMOTE");
  if (result == 0 && below && strncmp(path, below, strlen(below)) == 0) info->f_type = 0x6969;
  return result;
}
EOF
cc -shared -fPIC -o "$scratch/remote.so" "$scratch/remote.c" -ldl

flights 300 >t.csv
mlsys init . -q >/dev/null
run=$(mlsys runs start -q)
mlsys train t.csv --target late --exclude id --rounds 2 -o "$TMPDIR/model" -q >/dev/null
mlsys models export -o "$TMPDIR/export" -q >/dev/null
state >"$scratch/before"
ls -A >"$scratch/files"
export REMOTE=$PWD LD_PRELOAD=$scratch/remote.so
for verb in "runs list" "runs start" "runs log $run --metric a=1" "runs tail $run" "runs export" "models list" "store check" \
  "store gc" "experiments list" "train t.csv --target late --rounds 2" "register $TMPDIR/model/ --name m" \
  "models import $TMPDIR/export"; do
  expect 1 mlsys $verb
  said "network file system"
  said "hint: "
done
# A store elsewhere works from here, and models come as files.
expect 0 mlsys runs start --store "$TMPDIR/local" -q
expect 0 mlsys eval "$TMPDIR/model/" t.csv
unset LD_PRELOAD REMOTE
same_state "a refused store"
ls -A | diff "$scratch/files" - || fail "files were made"
