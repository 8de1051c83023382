"""What the scanners share: the tree, and one way to report."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("MLSYS_SCAN_ROOT") or pathlib.Path(__file__).resolve().parents[2])
BUILD = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
SOURCE_FOLDERS = ("lib", "cli", "tests")

problems = []


def problem(path, line, text):
    where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    problems.append(f"{where}:{line}: {text}" if line else f"{where}: {text}")


def finish(checked):
    """Ends the scanner. Having checked nothing is a failure too."""
    for text in problems:
        print(text)
    print(f"{checked} checked, {len(problems)} problem(s)")
    sys.exit(1 if problems or not checked else 0)


def sources(*suffixes):
    return sorted(path for folder in SOURCE_FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in suffixes)


def tracked():
    """Every file of the repository, without what is ignored."""
    listing = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"],
                             capture_output=True, check=True).stdout.decode()
    return [path for path in (ROOT / name for name in listing.split("\0") if name) if path.is_file()]


def includes(path):
    """(line number, included name, whether in <>) of a source file."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match[2], match[1] == "<"


def commands():
    """(name, group, summary) of every subcommand."""
    text = (ROOT / "cli/frame/commands.def").read_text(encoding="utf-8")
    return re.findall(r'^COMMAND\("([^"]+)", "([^"]+)", "([^"]+)"\)', text, re.M)
