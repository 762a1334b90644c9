"""Set up and run, with Python alone: `python tasks.py demo` or `python tasks.py test`.

Makes a virtual environment in `.venv`, installs the pinned set of `constraints.txt` into it, then runs the task.
Later runs reuse the environment until the pins or the packaging change.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
PINS = ("constraints.txt", "pyproject.toml")


def set_up(extra: str) -> None:
    """Make the environment with one of the package's extras, unless it is there and up to date."""
    digest = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in PINS)).hexdigest()
    stamp = VENV / f"installed-{extra}"
    if stamp.is_file() and stamp.read_text() == digest:
        return
    if not PYTHON.exists():
        print("making the virtual environment .venv", flush=True)
        venv.create(VENV, with_pip=True)
    print("installing (the first time takes a few minutes; torch is large)", flush=True)
    run(PYTHON, "-m", "pip", "install", "--quiet", "-c", "constraints.txt", "-e", f".[{extra}]")
    stamp.write_text(digest)


def run(*command: str | Path) -> None:
    """Run a command in the checkout; leave with its exit code if it fails."""
    code = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)


def demo() -> None:
    """Animate the recording in `examples/` into a video, curves and a game-engine head."""
    set_up("test")
    (ROOT / "out").mkdir(exist_ok=True)
    outputs = [f"out/hello.{extension}" for extension in ("mp4", "csv", "glb")]
    run(PYTHON, "-m", "avatar", "animate", "examples/hello.flac", *(part for path in outputs for part in ("-o", path)))
    print("made", ", ".join(outputs))


def test(*options: str) -> None:
    """Pass the tests."""
    set_up("test")
    run(PYTHON, "-m", "pytest", *options)


def check() -> None:
    """Lint and type-check."""
    set_up("dev")
    run(PYTHON, "-m", "ruff", "check", ".")
    run(PYTHON, "-m", "ruff", "format", "--check", ".")
    run(PYTHON, "tools/typecheck.py")


def main() -> None:
    """Run the task that was asked for."""
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True)
    for task in (demo, test, check):
        tasks.add_parser(task.__name__, help=(task.__doc__ or "").rstrip("."))
    arguments, rest = parser.parse_known_args()
    if rest and arguments.task != "test":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    {"demo": demo, "test": lambda: test(*rest), "check": check}[arguments.task]()


if __name__ == "__main__":
    main()
