"""A task as CodeCarbon's tracker keeps it; ``tracker._tasks`` has the ones of a run."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codecarbon.output_methods.emissions_data import EmissionsData, TaskEmissionsData

__all__ = ["Task"]


class Task:
    """A named part of a run.

    ``task_id`` is unique, ``start_time`` is of the monotonic clock in seconds, ``emissions_data``
    is the record of the task once it has ended.
    """

    def __init__(self, task_name: str) -> None:
        from uuid import uuid4

        self.task_id = f"{task_name}{uuid4()}"
        self.task_name = task_name
        self.start_time = time.perf_counter()
        self.is_active = True
        self.emissions_data: EmissionsData | None = None

    def out(self) -> TaskEmissionsData:
        """The record as a row of the task file; :class:`ValueError` while the task goes on."""
        from codecarbon.output_methods.emissions_data import TaskEmissionsData

        if self.emissions_data is None:
            raise ValueError(f"task {self.task_name!r} has no record before it has ended")
        values = {"task_name": self.task_name, **self.emissions_data.values}
        return TaskEmissionsData(*[values[name] for name in TaskEmissionsData.__match_args__])
