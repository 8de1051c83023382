#!/usr/bin/env bash
# dist.sh BUILD VERSION OUTPUT: packs an installation of BUILD that runs on any Linux x86-64 with glibc 2.36 or later.
# Shared libraries other than glibc's own are copied beside ours, with their licences.
set -euo pipefail
build=$1 version=$2 output=$3
name=mlsys-$version-linux-x86_64
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/$name
cmake --install "$build" --prefix "$root" --strip >/dev/null
mkdir -p "$root/share/mlsys/licenses"

glibc='^(ld-linux-x86-64|libc|libm|libdl|libpthread|librt|libresolv|libutil|libnss_.*|libanl)\.so'
# needed FILE: the paths of the libraries it is linked to, those of this installation left out.
needed() { LD_LIBRARY_PATH=$root/lib/mlsys ldd "$1" | awk '$2 == "=>" && $3 ~ /^\// {print $3}' | grep -v "^$root/" || true; }
# Opened on first use by libmlsys-digest (lib/ext/crypto), so that nothing is linked to it.
opened() { ldconfig -p | awk '$1 == "libcrypto.so.3" && /x86-64/ {print $NF; exit}'; }

# owner FILE: its Debian package; packages name files in /lib or /usr/lib, which are the same folder.
owner() { { dpkg-query -S "$1" "${1#/usr}" 2>/dev/null || true; } | head -1 | cut -d: -f1; }

mapfile -t ours < <(find "$root/bin" "$root/lib/mlsys" -type f \( -name 'mlsys' -o -name '*.so' -o -name '*.so.*' \))
declare -A copied
for file in "${ours[@]}"; do
  while read -r library; do
    base=$(basename "$library")
    [[ $base =~ $glibc || -n ${copied[$base]-} ]] && continue
    copied[$base]=1
    install -m 755 "$library" "$root/lib/mlsys/$base"
    strip --strip-unneeded "$root/lib/mlsys/$base"
    patchelf --set-rpath '$ORIGIN' "$root/lib/mlsys/$base"
    package=$(owner "$(realpath "$library")")
    [[ -n $package ]] || { echo "dist: no licence found for $library" >&2; exit 1; }
    install -m 644 "/usr/share/doc/$package/copyright" "$root/share/mlsys/licenses/$package.txt"
  done < <(needed "$file"; opened)
done
# The engines lie deeper and must see the same copies (libstdc++, libgcc_s).
while read -r engine; do
  depth=$(realpath --relative-to="$(dirname "$engine")" "$root/lib/mlsys")
  old=$(patchelf --print-rpath "$engine")
  patchelf --set-rpath "${old:+$old:}\$ORIGIN/$depth" "$engine"
done < <(find "$root/lib/mlsys/engines" -name '*.so*' -type f)
# Libraries of headers only.
for folder in /usr/share/doc/{libcli11-dev,nlohmann-json3-dev,libboost1.*-dev}; do
  install -m 644 "$folder/copyright" "$root/share/mlsys/licenses/$(basename "$folder").txt"
done
install -m 644 "$(find /usr/share/doc/libgomp1 /usr/share/doc/gcc-*-base -name copyright 2>/dev/null | head -1)" \
  "$root/share/mlsys/licenses/libgomp.txt"

mkdir -p "$output"
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$(dirname "$0")" log -1 --format=%ct 2>/dev/null || echo 0)}
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -C "$stage" -cf - "$name" |
  zstd -q -12 -T0 -f -o "$output/$name.tar.zst"
(cd "$output" && sha256sum "$name.tar.zst" >"$name.tar.zst.sha256")
echo "$output/$name.tar.zst"
