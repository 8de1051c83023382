#!/usr/bin/env python3
"""Runs the formatter's check and clang-tidy over every source of ours; what did not change since it passed is skipped.

usage: tidy.py BUILD [PART-OF-A-PATH...]    BUILD is configured for Clang and was built by Ninja

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


def dependencies(build):
    """object -> files it was made from, as Ninja recorded them."""
    listing = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True).stdout
    found, current = {}, None
    for line in listing.split("\n"):
        match = re.match(r"(\S.*): #deps \d+, .*\((VALID|STALE)\)", line)
        if match:
            current = found.setdefault(match[1], []) if match[2] == "VALID" else None
        elif line.startswith("    ") and current is not None:
            current.append(line.strip())
    return found


class Cache:
    """What passed, by everything that went into it."""

    def __init__(self):
        self.digests = {}
        version = subprocess.run([TIDY, "--version"], capture_output=True, text=True).stdout
        self.common = version.encode() + (ROOT / ".clang-tidy").read_bytes()

    def of_file(self, path):
        if path not in self.digests:
            self.digests[path] = hashlib.sha256(pathlib.Path(path).read_bytes()).digest()
        return self.digests[path]

    def key(self, source):
        """None when it is not known what the source reads."""
        if not source.reads:
            return None
        state = hashlib.sha256(self.common + " ".join(source.flags + source.folders).encode())
        try:
            for path in source.reads:
                state.update(self.of_file(path))
        except OSError:
            return None
        return CACHE / state.hexdigest()

    def has(self, source):
        key = self.key(source)
        return key is not None and key.exists()

    def add(self, source):
        key = self.key(source)
        if key:
            CACHE.mkdir(parents=True, exist_ok=True)
            key.touch()


class Source:
    def __init__(self, entry, made_from):
        self.path = pathlib.Path(entry["file"])
        self.directory = entry["directory"]
        words = [word for word in shlex.split(entry["command"]) if not word.endswith("ccache")]
        at = words.index("-o")
        self.reads = sorted(os.path.join(self.directory, path) for path in made_from.get(words[at + 1], []))
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
    """(findings as text, paths they are in) for sources that are compiled alike."""
    name = hashlib.sha256("".join(str(source.path) for source in sources).encode()).hexdigest()[:16]
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    together = place / "all.cpp"
    together.write_text("".join(f'#include "{source.path}"\n' for source in sources))
    flags = sources[0].flags + list(dict.fromkeys(folder for source in sources for folder in source.folders))
    if len(sources) > 1:
        compiled = subprocess.run([*flags, "-fsyntax-only", "-w", str(together)], capture_output=True, cwd=sources[0].directory)
        if compiled.returncode:
            middle = len(sources) // 2
            parts = [check(sources[:middle], folder), check(sources[middle:], folder)]
            return "".join(part[0] for part in parts), set().union(*(part[1] for part in parts))
    file = together if len(sources) > 1 else sources[0].path
    (place / "compile_commands.json").write_text(json.dumps(
        [{"directory": sources[0].directory, "file": str(file), "arguments": [*flags, "-c", str(file)]}]))
    result = subprocess.run([TIDY, "-p", str(place), "--quiet", f"--config-file={ROOT / '.clang-tidy'}",
                             "--checks=-bugprone-suspicious-include,-bugprone-forward-declaration-namespace", str(file)], capture_output=True, text=True)
    if not result.returncode:
        return "", set()
    found = {pathlib.Path(path) for path in re.findall(r"^(/[^:\n]+):\d+:\d+: (?:error|warning):", result.stdout, re.M)}
    return result.stdout or result.stderr, found or {source.path for source in sources}


def main():
    build, *wanted = sys.argv[1:]
    build = pathlib.Path(build).resolve()
    files = [path for folder in ("lib", "cli", "tests") for suffix in ("cpp", "hpp")
             for path in (ROOT / folder).rglob(f"*.{suffix}")]
    formatted = subprocess.run([FORMAT, "--dry-run", "--Werror", *map(str, sorted(files))], capture_output=True, text=True)
    unformatted = set(re.findall(r"^(/[^:\n]+|\S[^:\n]+):\d+:\d+: error:", formatted.stderr, re.M))
    print(formatted.stderr, end="")

    made_from, cache = dependencies(build), Cache()
    groups, total, skipped = collections.defaultdict(list), 0, 0
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if not path.is_relative_to(ROOT) or path.is_relative_to(build) or wanted and not any(w in str(path) for w in wanted):
            continue
        source = Source(entry, made_from)
        total += 1
        if cache.has(source):
            skipped += 1
        else:
            groups[tuple(source.flags)].append(source)
    work = [group[at:at + LARGEST] for group in groups.values() for at in range(0, len(group), LARGEST)]
    work.sort(key=len, reverse=True)
    bad = set()

    def timed(sources):
        started = time.monotonic()
        return *check(sources, build / "tidy"), time.monotonic() - started

    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        jobs = {pool.submit(timed, sources): sources for sources in work}
        for number, job in enumerate(concurrent.futures.as_completed(jobs), 1):
            output, found, seconds = job.result()
            sources = jobs[job]
            names = " ".join(str(source.path.relative_to(ROOT)) for source in sources)
            print(f"[{number}/{len(work)}] {'FAIL' if output else 'ok'} {seconds:.0f} s: {names}", flush=True)
            print(output, end="", flush=True)
            bad |= found
            for source in sources:
                if not output:
                    cache.add(source)
    print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime:.0f} s of processor time")
    print(f"{len(unformatted)} file(s) not formatted, findings in {len(bad)} file(s), {skipped} of {total} unchanged")
    failed = len(bad | {pathlib.Path(path) for path in unformatted})
    print(f"{max(total - failed, 0)} passed, {failed} failed")
    sys.exit(1 if failed or not total else 0)


if __name__ == "__main__":
    main()
