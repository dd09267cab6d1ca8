"""``python -m codecarbon.cli.main``, for scripts that start the command ``codecarbon`` so.

The command is a native program that is installed with the package; it takes this process over.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

__all__ = ["codecarbon", "main"]

_NAME = "codecarbon.exe" if sys.platform == "win32" else "codecarbon"


def main() -> NoReturn:
    """Become the command ``codecarbon``, with the arguments of this process.

    Raises:
        SystemExit: The command was not installed with this package.
    """
    program = next((path for path in _places() if os.access(path, os.X_OK)), None)
    if program is None:
        sys.exit(
            f"the command {_NAME} is not installed with this package: an installation by pip puts "
            "it beside Python; from a clone, `cargo install --path crates/codecarbon`"
        )
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os.execv(program, [program, *sys.argv[1:]])


codecarbon = main


def _places() -> Iterator[str]:
    """Where an installation puts programs, the surest first."""
    from importlib.metadata import PackageNotFoundError, files

    try:
        installed = files("codecarbon-rs") or []
    except PackageNotFoundError:
        installed = []
    for path in installed:
        if path.name == _NAME:
            yield str(path.locate())


if __name__ == "__main__":
    main()
