#!/usr/bin/env python3
"""Runs the formatter's check and clang-tidy over every source of ours; what did not change since it passed is skipped.

usage: tidy.py BUILD [PART-OF-A-PATH...]    BUILD is configured for Clang

Most of clang-tidy's time goes into the headers of the standard library, once for each source. So sources that are
compiled with the same flags are checked as one, as long as that compiles (two may use the same name for a helper);
where they look for headers is put together.
"""
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
CACHE = pathlib.Path(os.environ.get("MLSYS_CACHE") or
                     pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "mlsys") / "tidy"
TIDY, FORMAT = "clang-tidy-19", "clang-format-19"
LARGEST = 12  # sources checked as one


class Passed:
    """What passed, by the content of every file that was read."""

    def __init__(self):
        self.digests = {}
        version = subprocess.run([TIDY, "--version"], capture_output=True, text=True).stdout
        self.common = version + (ROOT / ".clang-tidy").read_text()

    def digest(self, path):
        if path not in self.digests:
            try:
                self.digests[path] = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
            except OSError:
                self.digests[path] = None
        return self.digests[path]

    def record(self, sources):
        named = self.common + "".join(f"\n{source.path} {source.flags} {source.folders}" for source in sources)
        return CACHE / hashlib.sha256(named.encode()).hexdigest()

    def has(self, sources):
        try:
            known = json.loads(self.record(sources).read_text())
        except (OSError, ValueError):
            return False
        return all(self.digest(path) == digest for path, digest in known.items())

    def add(self, sources, reads):
        CACHE.mkdir(parents=True, exist_ok=True)
        self.record(sources).write_text(json.dumps({path: self.digest(path) for path in sorted(reads)}))


class Source:
    def __init__(self, entry):
        self.path = pathlib.Path(entry["file"])
        self.directory = entry["directory"]
        words = [word for word in shlex.split(entry["command"]) if not word.endswith("ccache")]
        at = words.index("-o")
        del words[at:at + 2]
        self.flags, self.folders = [], []  # what sources have in common, and where they look for headers
        words = iter(words)
        for word in words:
            if word == "-isystem":
                self.folders.append(f"-isystem{next(words)}")
            elif word.startswith("-I"):
                self.folders.append(word)
            elif word not in ("-c", entry["file"], "-DFMT_SHARED") and not word.startswith("-fsanitize") and not word.endswith("_EXPORTS"):
                self.flags.append(word)


def check(sources, folder):
    """(findings as text, paths they are in, files that were read) for sources that are compiled alike."""
    name = hashlib.sha256("".join(str(source.path) for source in sources).encode()).hexdigest()[:16]
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    together = place / "all.cpp"
    together.write_text("".join(f'#include "{source.path}"\n' for source in sources))
    flags = sources[0].flags + list(dict.fromkeys(folder for source in sources for folder in source.folders))
    reads = place / "reads"
    compiled = subprocess.run([*flags, "-fsyntax-only", "-w", "-MD", "-MT", "all", "-MF", str(reads), str(together)],
                              capture_output=True, cwd=sources[0].directory)
    if compiled.returncode and len(sources) > 1:
        middle = len(sources) // 2
        parts = [check(sources[:middle], folder), check(sources[middle:], folder)]
        return "".join(part[0] for part in parts), set().union(*(part[1] for part in parts)), set().union(*(part[2] for part in parts))
    (place / "compile_commands.json").write_text(json.dumps(
        [{"directory": sources[0].directory, "file": str(together), "arguments": [*flags, "-c", str(together)]}]))
    result = subprocess.run([TIDY, "-p", str(place), "--quiet", f"--config-file={ROOT / '.clang-tidy'}",
                             "--checks=-bugprone-suspicious-include,-bugprone-forward-declaration-namespace", str(together)],
                            capture_output=True, text=True)
    if not result.returncode:
        words = shlex.split(reads.read_text().replace("\\\n", " "))[1:]
        return "", set(), {os.path.join(sources[0].directory, word) for word in words} - {str(together)}
    found = {pathlib.Path(path) for path in re.findall(r"^(/[^:\n]+):\d+:\d+: (?:error|warning):", result.stdout, re.M)}
    return result.stdout or result.stderr, found or {source.path for source in sources}, set()


def main():
    build, *wanted = sys.argv[1:]
    build = pathlib.Path(build).resolve()
    files = [path for folder in ("lib", "cli", "tests") for suffix in ("cpp", "hpp")
             for path in (ROOT / folder).rglob(f"*.{suffix}")]
    formatted = subprocess.run([FORMAT, "--dry-run", "--Werror", *map(str, sorted(files))], capture_output=True, text=True)
    unformatted = set(re.findall(r"^(/[^:\n]+|\S[^:\n]+):\d+:\d+: error:", formatted.stderr, re.M))
    print(formatted.stderr, end="")

    passed, groups, total = Passed(), collections.defaultdict(list), 0
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if not path.is_relative_to(ROOT) or path.is_relative_to(build) or wanted and not any(w in str(path) for w in wanted):
            continue
        source = Source(entry)
        total += 1
        groups[tuple(source.flags)].append(source)
    work = [group[at:at + LARGEST] for group in groups.values() for at in range(0, len(group), LARGEST)]
    skipped = sum(len(sources) for sources in work if passed.has(sources))
    work = sorted((sources for sources in work if not passed.has(sources)), key=len, reverse=True)
    bad = set()

    def timed(sources):
        started = time.monotonic()
        return *check(sources, build / "tidy"), time.monotonic() - started

    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        jobs = {pool.submit(timed, sources): sources for sources in work}
        for number, job in enumerate(concurrent.futures.as_completed(jobs), 1):
            output, found, reads, seconds = job.result()
            sources = jobs[job]
            names = " ".join(str(source.path.relative_to(ROOT)) for source in sources)
            print(f"[{number}/{len(work)}] {'FAIL' if output else 'ok'} {seconds:.0f} s: {names}", flush=True)
            print(output, end="", flush=True)
            bad |= found
            if not output:
                passed.add(sources, reads)
    print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime:.0f} s of processor time")
    print(f"{len(unformatted)} file(s) not formatted, findings in {len(bad)} file(s), {skipped} of {total} unchanged")
    failed = len(bad | {pathlib.Path(path) for path in unformatted})
    print(f"{max(total - failed, 0)} passed, {failed} failed")
    sys.exit(1 if failed or not total else 0)


if __name__ == "__main__":
    main()
