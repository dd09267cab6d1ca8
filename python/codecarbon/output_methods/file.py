"""The CSV files: one row per run, and one file of tasks per run.

Rows are written by name of the column under a file lock, so that several processes may share a file
and nothing shifts; a file with other columns is kept as ``<name>.bak``.
"""

from __future__ import annotations

import os

from codecarbon.external import logger
from codecarbon.output_methods.base_output import BaseOutput
from codecarbon.output_methods.emissions_data import EmissionsData, TaskEmissionsData

__all__ = ["FileOutput"]

_MODES = ("append", "update")


class FileOutput(BaseOutput):
    """Writes ``output_file_name`` in ``output_dir``, which must exist.

    ``on_csv_write`` is "append" (a row per call) or "update" (one row per ``run_id``).
    """

    def __init__(
        self, output_file_name: str, output_dir: str, on_csv_write: str = "append"
    ) -> None:
        if on_csv_write not in _MODES:
            raise ValueError(f"on_csv_write = {on_csv_write!r} is neither 'append' nor 'update'")
        if not os.path.isdir(output_dir):
            raise OSError(f"Folder '{output_dir}' doesn't exist !")
        self.output_file_name = output_file_name
        self.output_dir = output_dir
        self.on_csv_write = on_csv_write
        self.save_file_path = os.path.join(output_dir, output_file_name)
        logger.info(
            f"Emissions data (if any) will be saved to file {os.path.abspath(self.save_file_path)}"
        )

    def has_valid_headers(self, data: EmissionsData, headers: list[str] | None = None) -> bool:
        """Whether the file has exactly the columns of ``data``, in any order, or is empty."""
        if headers is None:
            headers = self._read_headers()
        return not headers or sorted(headers) == sorted(data.values)

    def _read_headers(self) -> list[str] | None:
        import csv

        try:
            with open(self.save_file_path, encoding="utf-8-sig", newline="") as file:
                return next(csv.reader(file), None)
        except FileNotFoundError:
            return None

    def out(self, total: EmissionsData, delta: EmissionsData | None = None) -> None:
        """Write the row of the run."""
        from codecarbon import _native

        _, notices = _native.write_record_csv(
            self.output_dir, self.output_file_name, self.on_csv_write, _row(EmissionsData, total)
        )
        for notice in notices:
            logger.warning(notice)

    def task_out(self, data: list[TaskEmissionsData], experiment_name: str) -> None:
        """Write ``emissions_<experiment_name>_<run_id>.csv`` anew, with a row per task."""
        from codecarbon import _native

        rows = [_row(TaskEmissionsData, task) for task in data]
        _native.write_tasks_csv(self.output_dir, str(experiment_name), rows)


def _row(kind, record) -> tuple:
    return tuple([getattr(record, name) for name in kind.__match_args__])
