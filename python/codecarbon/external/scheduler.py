"""A function called again and again in the background.

The tracker does not use it (its sampler is native); it is here for programs that do. One thread
makes all calls, so that they never overlap, and none begins after ``stop()``.
"""

from __future__ import annotations

import threading
import time

from codecarbon.external import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["PeriodicScheduler"]


class PeriodicScheduler:
    """Calls ``function(*args, **kwargs)`` every ``interval`` seconds between start and stop.

    The first call comes one interval after the start. A call that takes longer than the interval
    delays the next; calls that were missed are not made up for. An exception is logged.
    """

    def __init__(
        self, interval: float, function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> None:
        self.interval = interval
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self._lock = threading.Lock()
        self._end: threading.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    def _stopped(self) -> bool:
        return self._end is None

    def start(self) -> None:
        """Begin; nothing happens when it has begun already in this process."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive() and self._end is not None:
                return
            self._end = threading.Event()
            self._thread = threading.Thread(
                target=self._run, args=(self._end,), name="codecarbon-scheduler", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """End, and wait for a call that is under way unless this is called from within it."""
        with self._lock:
            if self._end is not None:
                self._end.set()
            self._end = None
            thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self, end: threading.Event) -> None:
        due = time.monotonic() + self.interval
        while not end.wait(max(0.0, due - time.monotonic())):
            try:
                self.function(*self.args, **self.kwargs)
            except Exception as problem:
                logger.error(f"A scheduled call failed: {problem}", problem)
            due = max(due + self.interval, time.monotonic())
