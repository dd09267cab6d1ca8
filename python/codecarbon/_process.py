"""What trackers do when their process ends or forks.

A run that nobody stops is stopped when the interpreter ends, so that its record is written. A
forked child starts clean: the trackers of its parent are there as ones that were never started.
"""

from __future__ import annotations

import os

from codecarbon import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codecarbon._tracker import BaseEmissionsTracker


class _Running(dict):  # type: ignore[type-arg]
    """Trackers whose run goes on, by id; the first one arranges for the end of the process."""

    _is_arranged = False

    def __setitem__(self, key: int, tracker: BaseEmissionsTracker) -> None:
        if not self._is_arranged:
            self._is_arranged = True
            import atexit

            atexit.register(_stop_all)
        super().__setitem__(key, tracker)


running: dict[int, BaseEmissionsTracker] = _Running()


def _stop_all() -> None:
    for tracker in list(running.values()):
        tracker.stop()
    _native.unfollow_all()


def _after_fork_in_child() -> None:
    _native.after_fork_in_child()
    for tracker in list(running.values()):
        tracker._inherit()
    running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
