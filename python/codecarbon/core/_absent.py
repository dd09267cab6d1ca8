"""Names of CodeCarbon that this package does not have, each with the reason."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any


def refuse(
    module: str, reasons: dict[str, str], made: dict[str, Callable[[], Any]] | None = None
) -> Callable[[str], Any]:
    """A module's ``__getattr__`` that says why a name is not there, and makes those that are.

    It raises :class:`AttributeError`, but :class:`ImportError` in ``from … import name``, where
    Python would replace the former and its words by a bare "cannot import name".
    """

    def __getattr__(name: str) -> Any:
        if made is not None and name in made:
            return made[name]()
        if name not in reasons:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        kind = ImportError if _imports(sys._getframe(1)) else AttributeError
        raise kind(
            f"{module}.{name} is not part of codecarbon-rs: {reasons[name]} "
            "(docs/python-compatibility.md)"
        )

    return __getattr__


def _imports(caller: FrameType) -> bool:
    """Whether the caller executes ``from … import name``."""
    from opcode import opmap

    return caller.f_lasti >= 0 and caller.f_code.co_code[caller.f_lasti] == opmap["IMPORT_FROM"]
