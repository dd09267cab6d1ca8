"""Runs the tests with real libraries, each group in an environment of its own.

    python python/integration/run.py                 the light group: 0.6 GB of libraries, a minute
    python python/integration/run.py light training  also those with torch: 6 GB on Linux, see there

It builds the wheel, makes the environments in ``target/integration``, installs the newest libraries
from PyPI, and runs the tests of ``python/integration/<group>``. Only the standard library is used.
Tests with torch are not part of any other test run, because of what they have to download.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
GROUPS = sorted(path.parent.name for path in HERE.glob("*/requirements.txt"))


def main() -> int:
    """Run the groups that are asked for; the exit code is 0 if all tests pass."""
    parser = argparse.ArgumentParser(description="Run the tests with real libraries.")
    parser.add_argument("groups", nargs="*", default=["light"], help=f"of {', '.join(GROUPS)}")
    parser.add_argument("--wheel", type=Path, help="test this wheel instead of building one")
    parser.add_argument("--extra-index-url", metavar="URL", help="passed to pip")
    parser.add_argument("--work", type=Path, default=ROOT / "target" / "integration")
    options = parser.parse_args()
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    work = options.work.absolute()
    work.mkdir(parents=True, exist_ok=True)
    wheel = options.wheel.absolute() if options.wheel else built(work)
    pip_options = ["--extra-index-url", options.extra_index_url] if options.extra_index_url else []
    failed = [g for g in options.groups if not passes(g, wheel, work / g, pip_options)]
    print(f"failed: {', '.join(failed)}" if failed else "all passed")
    return 1 if failed else 0


def built(work: Path) -> Path:
    """The wheel of the repository."""
    python = environment(work / "build")
    wheels = work / "wheels"
    for old in wheels.glob("*.whl"):
        old.unlink()
    step(python, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", wheels, ROOT)
    (wheel,) = wheels.glob("*.whl")
    return wheel


def passes(group: str, wheel: Path, directory: Path, pip_options: list[str]) -> bool:
    """Whether the tests of a group pass with a wheel."""
    python = environment(directory)
    requirements = HERE / group / "requirements.txt"
    step(python, "-m", "pip", "install", "-q", "--upgrade", *pip_options, "-r", requirements)
    step(python, "-m", "pip", "install", "-q", "--no-deps", "--force-reinstall", wheel)
    tests = ["-m", "pytest", "-c", HERE / "pytest.ini", HERE / group]
    return subprocess.run([python, *tests], cwd=directory, check=False).returncode == 0


def environment(directory: Path) -> Path:
    """The interpreter of a virtual environment, which is kept for the next time."""
    python = directory / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        venv.create(directory, with_pip=True)
    return python


def step(*command: str | Path) -> None:
    """Run a command that has to succeed, and show it."""
    print("+", *command, flush=True)
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
