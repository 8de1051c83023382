#!/usr/bin/env python3
"""Includes and link dependencies point one way: a module knows only modules that stand before it in ORDER.

Also: vendor headers are included only in lib/ext/<vendor>, a wrapper only by the modules that own it, private headers
only by their own module, and each built library is linked to nothing that it does not declare.
"""
import pathlib
import re
import subprocess

from common import BUILD, ROOT, finish, includes, problem, sources

LAYERS = [
    ["base"],
    ["digest", "data", "metrics", "forest", "report", "booster", "store"],
    ["profile", "contract", "bundle", "track", "registry"],
    ["predict", "train", "eval"],
    ["drift", "package"],
    ["promotion", "pipeline"],
]
ORDER = [module for layer in LAYERS for module in layer]
# The frame stands beside the modules: commands join it with them.
KNOWS_ONLY_BASE = {"frame", "ext"}
VENDOR_HEADERS = {
    "crypto": r"openssl/", "duckdb": r"duckdb", "sqlite": r"sqlite3", "xgboost": r"xgboost/", "archive": r"archive",
    "http": r"curl/", "zlib": r"zlib", "zstd": r"zstd", "boost": r"boost/",
}
VENDOR_LIBRARIES = {  # what only these may be linked to; the engines are opened on first use and linked by nobody
    "libcrypto": {"digest"}, "libssl": set(), "libsqlite3": {"ext-sqlite"}, "libarchive": {"package"},
    "libcurl": set(), "libduckdb": set(), "libxgboost": set(), "libz": {"data"}, "libzstd": {"data", "package"},
}

declared = {}  # module -> (uses, owned wrappers)
for path in sorted(ROOT.glob("lib/*/CMakeLists.txt")) + [ROOT / "cli/frame/CMakeLists.txt"]:
    text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
    for name, arguments in re.findall(r"mlsys_module\(\s*([\w-]+)([^)]*)\)", text):
        uses, owns, target = [], [], None
        for word in arguments.split():
            if word in ("USES", "OWNS"):
                target = uses if word == "USES" else owns
            elif target is not None:
                target.append(word)
        modules = set(uses) | {word[7:] for word in owns if re.fullmatch(r"mlsys::(?!ext-)[\w-]+", word)}
        declared[name] = (modules, {word[11:] for word in owns if word.startswith("mlsys::ext-")})


def may_know(module, other):
    if module == other:
        return True
    if module in KNOWS_ONLY_BASE or module.startswith("ext-"):
        return other == "base"
    if other.startswith("ext-"):
        return other[4:] in declared.get(module, (set(), set()))[1]
    return other in ORDER and module in ORDER and ORDER.index(other) < ORDER.index(module)


def closure(module):
    known, queue = {module}, [module]
    while queue:
        for other in declared.get(queue.pop(), (set(), set()))[0] - known:
            known.add(other)
            queue.append(other)
    return known


checked = 0
told = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## Layers")[1].split("| module")[0]
told = [re.findall(r"`([\w-]+)`", layer) for layer in told.split("`base` ←")[1].split("←")]
if told != [[], *LAYERS[1:], ["cli"]]:
    problem(ROOT / "ARCHITECTURE.md", 0, f"the layers are not those of {pathlib.Path(__file__).name}: {told}")
for module, (uses, wrappers) in declared.items():
    place = ROOT / ("cli/frame" if module == "frame" else f"lib/{module}") / "CMakeLists.txt"
    if module not in ORDER and module not in KNOWS_ONLY_BASE:
        problem(place, 0, f"module '{module}' has no place in the layers")
    for other in uses:
        if not may_know(module, other):
            problem(place, 0, f"'{module}' must not use '{other}', which stands after it")

for path in sources(".cpp", ".hpp"):
    place = path.relative_to(ROOT).parts
    checked += 1
    if place[0] == "tests":
        continue
    module = place[1] if place[0] == "lib" else place[1].replace("commands", "command")
    public = "include" in place
    for line, name, angled in includes(path):
        match = re.match(r"mlsys/([\w-]+)/", name)
        if match:
            other = match[1]
            if place[0] == "lib" or module == "frame":
                if not may_know(module, other):
                    problem(path, line, f"'{module}' must not know '{other}'")
                elif module != "ext" and other not in closure(module):
                    problem(path, line, f"'{module}' includes '{other}' but does not declare it (USES or OWNS)")
            continue
        wrapper = re.match(r"ext/([\w-]+)/", name)
        if wrapper and not (module == "ext" and place[2] == wrapper[1]):
            if public:
                problem(path, line, "a public header includes a vendor wrapper")
            elif wrapper[1] not in declared.get(module, (set(), set()))[1]:
                problem(path, line, f"'{module}' does not own the wrapper '{wrapper[1]}'")
        for vendor, pattern in VENDOR_HEADERS.items():
            if re.match(pattern, name) and angled and not (module == "ext" and place[2] == vendor):
                problem(path, line, f"<{name}> belongs into lib/ext/{vendor}")
        if name.startswith("CLI/") and (module != "frame" or public):
            problem(path, line, f"<{name}> belongs into cli/frame/src")
        if name == "nlohmann/json.hpp" and place[-3:] != ("mlsys", "base", "json.hpp"):
            problem(path, line, 'include "mlsys/base/json.hpp" instead, and json_fwd.hpp in public headers')
        if name == "mlsys/base/json.hpp" and public:
            problem(path, line, "a public header includes json.hpp; json_fwd.hpp is enough")

for library in sorted((BUILD / "lib/mlsys").glob("libmlsys-*.so")) if BUILD else []:
    module = library.stem.removeprefix("libmlsys-")
    listing = subprocess.run(["objdump", "-p", str(library)], capture_output=True, text=True, check=True).stdout
    checked += 1
    for needed in re.findall(r"NEEDED\s+(\S+)", listing):
        stem = needed.split(".so")[0]
        if stem.startswith("libmlsys-") and not may_know(module, stem.removeprefix("libmlsys-")):
            problem(library, 0, f"is linked to {needed}")
        for vendor, owners in VENDOR_LIBRARIES.items():
            if stem == vendor and module not in owners:
                problem(library, 0, f"is linked to {needed}, which only {', '.join(sorted(owners)) or 'nobody'} may be")
finish(checked)
