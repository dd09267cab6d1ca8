"""Tasks: parts of a run, nested and concurrent, by thread and by asyncio task.

Which task is meant by ``stop_task()`` without a name is kept in a context variable, so each thread
and each asyncio task has its own nesting.
"""

from __future__ import annotations

from contextvars import ContextVar
from time import perf_counter

from codecarbon.external import logger as log
from codecarbon.external.task import Task
from codecarbon.output_methods.emissions_data import EmissionsData

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codecarbon._tracker import BaseEmissionsTracker


class MeasuredTask(Task):
    """A task of a tracker, with the native one that measures it."""

    def __init__(
        self, tracker: BaseEmissionsTracker, native: Any, enclosing: MeasuredTask | None
    ) -> None:
        self.task_name = native.name
        self.start_time = perf_counter()
        self.is_active = True
        self.emissions_data = None
        self._tracker = tracker
        self._native = native
        self._enclosing = enclosing

    @property
    def task_id(self) -> str:  # type: ignore[override]
        """Unique among the tasks of all runs."""
        return f"{self.task_name}{self._tracker.run_id}"


_innermost: ContextVar[MeasuredTask | None] = ContextVar("codecarbon_task", default=None)


def open_task(tracker: BaseEmissionsTracker, name: str | None) -> None:
    """Start a task of a run that goes on."""
    native = tracker._core.task(name or "")
    if native is None:
        return
    task = MeasuredTask(tracker, native, _active(_innermost.get()))
    tracker._tasks[task.task_name] = task
    _innermost.set(task)


def close_task(tracker: BaseEmissionsTracker, name: str | None) -> EmissionsData | None:
    """Stop the named task or the one that is meant."""
    task = tracker._tasks.get(name) if name else _meant(tracker)
    outcome = task._native.stop() if task is not None and task.is_active else None
    if task is None or outcome is None:
        log.warning("stop_task : No active task to stop.")
        return None
    task.is_active = False
    task.emissions_data = data = EmissionsData(*outcome.values)
    if _innermost.get() is task:
        _innermost.set(_active(task._enclosing))
    return data


def _meant(tracker: BaseEmissionsTracker) -> MeasuredTask | None:
    """The innermost active task of this context, else the one that was started last."""
    task = _innermost.get()
    while task is not None:
        if task.is_active and task._tracker is tracker:
            return task
        task = task._enclosing
    for task in reversed(list(tracker._tasks.values())):
        if task.is_active:
            return task
    return None


def _active(task: MeasuredTask | None) -> MeasuredTask | None:
    """The task or the nearest one around it that goes on, so that ended ones are let go."""
    while task is not None and not task.is_active:
        task = task._enclosing
    return task
