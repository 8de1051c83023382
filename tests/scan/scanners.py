#!/usr/bin/env python3
"""The scanners themselves: each finds what is planted in a small tree, and nothing in the same tree without it."""
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ARCHITECTURE = (HERE.parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")
CLEAN = {
    "ARCHITECTURE.md": ARCHITECTURE,
    "lib/base/CMakeLists.txt": "mlsys_module(base)\n",
    "lib/base/include/mlsys/base/a.hpp": "#pragma once\n#include <string>\n",
    "lib/store/CMakeLists.txt": "mlsys_module(store USES base OWNS mlsys::ext-sqlite)\n",
    "lib/store/src/store.cpp": '#include "ext/sqlite/sqlite.hpp"\n#include "mlsys/base/a.hpp"\n',
    "lib/train/CMakeLists.txt": "mlsys_module(train USES base store)\n",
    "lib/train/src/train.cpp": '#include "mlsys/store/store.hpp"\n',
    "lib/ext/sqlite/sqlite.cpp": "#include <sqlite3.h>\n",
    "cli/frame/CMakeLists.txt": "mlsys_module(frame USES base)\n",
    "tests/data/big.json": "[]\n",
}
PLANTED = [
    ("layers", "lib/store/src/store.cpp", '#include "mlsys/train/train.hpp"\n', "'store' must not know 'train'"),
    ("layers", "lib/store/CMakeLists.txt", "mlsys_module(store USES base train)\n", "'store' must not use 'train'"),
    ("layers", "lib/train/src/train.cpp", "#include <sqlite3.h>\n", "belongs into lib/ext/sqlite"),
    ("layers", "lib/train/src/train.cpp", '#include "ext/sqlite/sqlite.hpp"\n', "does not own the wrapper"),
    ("layers", "lib/train/src/train.cpp", '#include "mlsys/metrics/x.hpp"\n', "does not declare it"),
    ("layers", "lib/base/include/mlsys/base/a.hpp", "#include <nlohmann/json.hpp>\n", "json_fwd.hpp in public headers"),
    ("layers", "lib/extra/CMakeLists.txt", "mlsys_module(extra USES base)\n", "has no place in the layers"),
    ("layers", "ARCHITECTURE.md", ARCHITECTURE.replace("`predict` `train`", "`train`"), "the layers are not those"),
    ("layers", "cli/frame/src/x.cpp", '#include "mlsys/store/store.hpp"\n', "'frame' must not know 'store'"),
    ("files", "lib/base/src/a.cpp", "// TO" + "DO: more\n", "left over"),
    ("files", "lib/base/src/a.cpp", "int x;\n" * 601, "past 600"),
    ("files", "lib/base/src/a.cpp", "int x; \n", "trailing blanks"),
    ("files", "lib/base/src/a.cpp", "int x;", "no newline"),
    ("files", "README.md", "see /ro" + "ot/x\n", "a path of one machine"),
    ("headers", "lib/base/include/mlsys/base/b.hpp", "std::string x();\n", "does not compile alone"),
]


def scan(name, files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        subprocess.run(["git", "init", "-q", folder], check=True)
        return subprocess.run([sys.executable, HERE / f"{name}.py"], capture_output=True, text=True,
                              env=os.environ | {"MLSYS_SCAN_ROOT": folder})


failed = 0
for name in sorted({plant[0] for plant in PLANTED}):
    result = scan(name, CLEAN)
    if result.returncode:
        failed += 1
        print(f"{name} complains about a clean tree: {result.stdout}{result.stderr}")
for name, path, text, expected in PLANTED:
    result = scan(name, CLEAN | {path: text})
    if result.returncode != 1 or expected not in result.stdout:
        failed += 1
        print(f"{name} does not find '{expected}' in {path}: {result.stdout}{result.stderr}")
print(f"{len(PLANTED)} planted, {failed} problem(s)")
sys.exit(1 if failed else 0)
