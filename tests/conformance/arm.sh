#!/usr/bin/env bash
# arm.sh [CASES]: the forest's unit tests, built for 64-bit Arm and run under emulation, on the stored cases (or those of
# the folder CASES, which forest_parity.py made). The portable kernels must give the bits that XGBoost gave on x86-64.
# Needs Debian's g++-aarch64-linux-gnu and qemu-user-static.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for tool in aarch64-linux-gnu-g++ qemu-aarch64-static; do
  command -v $tool >/dev/null || { echo "arm.sh: no $tool: apt-get install g++-aarch64-linux-gnu qemu-user-static" >&2; exit 1; }
done

# Header-only libraries alone: the rest of /usr/include is this machine's.
mkdir "$scratch/include"
ln -s /usr/include/{fmt,nlohmann,doctest} "$scratch/include"
options=(-std=c++20 -O2 -DFMT_HEADER_ONLY -DMLSYS_TEST_DATA="\"$root/tests/data\"" -pthread -I"$scratch/include"
  -I"$root/lib/base/include" -I"$root/lib/forest/include" -I"$root/lib/forest/src" -I"$root/lib/base/src")
ls "$root"/lib/base/src/{error,files,json,names,numbers,parallel,random,text,context}.cpp "$root"/lib/forest/src/*.cpp \
  "$root"/tests/unit/forest/*.cpp "$root/tests/unit/main.cpp" |
  xargs -P "$(nproc)" -I{} bash -c 'source=$1; shift; aarch64-linux-gnu-g++ "$@" -c "$source" -o "'"$scratch"'/$(echo "$source" | sha256sum | cut -c1-16).o"' _ {} "${options[@]}"
aarch64-linux-gnu-g++ -static -pthread "$scratch"/*.o -o "$scratch/test-forest"
cd "$root"
[[ -z ${1:-} ]] || export MLSYS_FOREST_CASES=$1
qemu-aarch64-static "$scratch/test-forest"
