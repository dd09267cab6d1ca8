"""Two answers to a case, taken apart, and where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

NOTHING = "(nothing)"
"""Stands for an answer's missing part."""


def differences(case: str, stock: Any, ours: Any) -> dict[str, tuple[Any, Any]]:
    """The place of each difference → (CodeCarbon's, ours)."""
    theirs, own = dict(_parts(case, stock)), dict(_parts(case, ours))
    alike = _takes_as_much if case in ("names.parameters", "names.methods") else _is_equal
    return {
        place: (theirs.get(place, NOTHING), own.get(place, NOTHING))
        for place in {**theirs, **own}
        if not alike(theirs.get(place, NOTHING), own.get(place, NOTHING))
    }


def _parts(place: str, answer: Any) -> Iterator[tuple[str, Any]]:
    """Dicts by their keys and lists with more than plain values by their numbers."""
    if isinstance(answer, dict) and answer:
        for name, part in answer.items():
            yield from _parts(f"{place}.{name}", part)
    elif isinstance(answer, list) and any(isinstance(part, (dict, list)) for part in answer):
        for number, part in enumerate(answer):
            yield from _parts(f"{place}.{number}", part)
    else:
        yield place, answer


def _is_equal(stock: Any, ours: Any) -> bool:
    # 1 and 1.0 are the same number, 1 and True are not the same answer.
    return stock == ours and isinstance(stock, bool) == isinstance(ours, bool)


def _takes_as_much(stock: Any, ours: Any) -> bool:
    """Whether every call that CodeCarbon takes is taken: its parameters come first, in their order,
    and no other is required.
    """
    if not isinstance(stock, list) or not isinstance(ours, list):
        return stock == ours
    shared, more = ours[: len(stock)], ours[len(stock) :]
    for theirs, own in zip(stock, shared, strict=False):
        is_same = theirs.rstrip("?") == own.rstrip("?") or theirs == "_"
        if not is_same or (theirs.endswith("?") and not own.endswith("?")):
            return False
    return len(shared) == len(stock) and all(re.search(r"\?$|^\*", name) for name in more)
