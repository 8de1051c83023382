#!/usr/bin/env python3
"""Each public header compiles alone, with nothing but the public headers of all modules on the include path."""
import concurrent.futures
import os
import subprocess

from common import BUILD, ROOT, finish, problem

folders = sorted(ROOT.glob("lib/*/include")) + [ROOT / "cli/frame/include"]
folders += sorted(path.parents[1] for path in BUILD.glob("lib/*/include/mlsys/*")) if BUILD else []
flags = [flag for folder in dict.fromkeys(folders) for flag in ("-I", str(folder))]
headers = [header for folder in folders for header in sorted(folder.rglob("*.hpp"))]


def compile_alone(header):
    return header, subprocess.run(
        [os.environ.get("CXX", "c++"), "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-x", "c++",
         *flags, "-include", str(header), "/dev/null"], capture_output=True, text=True)


with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
    for header, result in pool.map(compile_alone, headers):
        if result.returncode:
            problem(header, 0, "does not compile alone:\n" + result.stderr[:2000])
finish(len(headers))
