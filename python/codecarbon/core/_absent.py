"""Names of CodeCarbon that this package does not have, each with the reason."""

from __future__ import annotations


def refuse(module: str, reasons: dict[str, str]):
    """A module's ``__getattr__`` that says why a name is not there.

    ``from … import name`` turns it into an :class:`ImportError` with the same words in the chain.
    """

    def __getattr__(name: str):
        if name in reasons:
            raise AttributeError(
                f"{module}.{name} is not part of codecarbon-rs: {reasons[name]} "
                "(docs/python-compatibility.md)"
            )
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return __getattr__
