"""A BoAmps report per run, in a JSON file."""

from __future__ import annotations

import json
import os

from codecarbon.external import logger
from codecarbon.output_methods.base_output import BaseOutput
from codecarbon.output_methods.boamps.mapper import report_text, warn_of_missing_task
from codecarbon.output_methods.boamps.models import (
    BoAmpsEnvironment,
    BoAmpsHeader,
    BoAmpsInfrastructure,
    BoAmpsReport,
    BoAmpsTask,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from typing import Any

    from codecarbon.output_methods.emissions_data import EmissionsData

__all__ = ["BoAmpsOutput"]


class BoAmpsOutput(BaseOutput):
    """Writes ``boamps_report_<run_id>.json`` in ``output_dir``, which is made if need be.

    Task, header, quality and the overrides complete what the tracker knows. Overrides with a name
    that the format does not have raise :class:`TypeError` here. Faults in writing are logged.
    """

    def __init__(
        self,
        output_dir: str | PathLike[str] = ".",
        task: BoAmpsTask | None = None,
        header: BoAmpsHeader | None = None,
        quality: str | None = None,
        infra_overrides: Mapping[str, Any] | None = None,
        environment_overrides: Mapping[str, Any] | None = None,
    ) -> None:
        BoAmpsInfrastructure.from_dict(dict(infra_overrides or {}))
        BoAmpsEnvironment.from_dict(dict(environment_overrides or {}))
        self._output_dir = output_dir
        self._context: dict[str, Any] = {
            "task": task,
            "header": header,
            "quality": quality,
            "infrastructure": infra_overrides,
            "environment": environment_overrides,
        }
        self._said: set[str] = set()
        self.save_file_path: str | None = None
        os.makedirs(output_dir, exist_ok=True)

    @classmethod
    def from_file(
        cls, context_file_path: str | PathLike[str], output_dir: str | PathLike[str] = "."
    ) -> BoAmpsOutput:
        """With the context of a JSON file, see :meth:`from_dict`.

        Raises :class:`FileNotFoundError`, or :class:`json.JSONDecodeError` when it is no JSON.
        """
        try:
            with open(context_file_path, encoding="utf-8") as file:
                context = json.load(file)
        except FileNotFoundError:
            raise FileNotFoundError(
                f"BoAmps context file not found: {os.fspath(context_file_path)}"
            ) from None
        return cls.from_dict(context, output_dir)

    @classmethod
    def from_dict(
        cls, context: Mapping[str, Any], output_dir: str | PathLike[str] = "."
    ) -> BoAmpsOutput:
        """With a context that looks like a report.

        Of ``task``, ``header``, ``quality``, ``infrastructure`` and ``environment`` what is given
        wins. Of ``measures``, ``system`` and ``software`` it only adds to what the tracker knows.
        """
        task, header = context.get("task"), context.get("header")
        beside = {name: context.get(name) for name in ("measures", "system", "software")}
        BoAmpsReport.from_dict({name: part for name, part in beside.items() if part is not None})
        output = cls(
            output_dir=output_dir,
            task=None if task is None else BoAmpsTask.from_dict(task),
            header=None if header is None else BoAmpsHeader.from_dict(header),
            quality=context.get("quality"),
            infra_overrides=context.get("infrastructure"),
            environment_overrides=context.get("environment"),
        )
        output._context.update(beside)
        return output

    def out(self, total: EmissionsData, delta: EmissionsData | None = None) -> None:
        """Write the report of the run, over the one that was there."""
        path = os.path.join(self._output_dir, f"boamps_report_{total.run_id}.json")
        try:
            text, faults = report_text(total, self._context)
            # Whoever reads at this moment finds the old report or the new one.
            partial = f"{path}.part"
            with open(partial, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(partial, path)
        except Exception as problem:
            logger.error(f"The BoAmps report was not written: {problem}", problem)
            return
        self.save_file_path = path
        logger.info(f"BoAmps report saved to {os.path.abspath(path)}")
        if self._context["task"] is None:
            warn_of_missing_task(stacklevel=2)
            faults.remove("task is missing")
        new = [fault for fault in faults if fault not in self._said]
        if new:
            self._said.update(new)
            logger.warning(f"The BoAmps report is not complete: {', '.join(new)}")
