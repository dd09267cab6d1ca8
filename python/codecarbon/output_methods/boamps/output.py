"""A BoAmps report per run, in a JSON file."""

from __future__ import annotations

import json
import os

from codecarbon.external import logger
from codecarbon.output_methods.base_output import BaseOutput
from codecarbon.output_methods.boamps.mapper import map_emissions_to_boamps
from codecarbon.output_methods.boamps.models import (
    BoAmpsEnvironment,
    BoAmpsHeader,
    BoAmpsInfrastructure,
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
        self._task = task
        self._header = header
        self._quality = quality
        self._infra_overrides = infra_overrides
        self._environment_overrides = environment_overrides
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
        """With a context that looks like a report: any of ``task``, ``header``, ``quality``,
        ``infrastructure`` and ``environment``. Other parts are the tracker's and are ignored."""
        task, header = context.get("task"), context.get("header")
        return cls(
            output_dir=output_dir,
            task=None if task is None else BoAmpsTask.from_dict(task),
            header=None if header is None else BoAmpsHeader.from_dict(header),
            quality=context.get("quality"),
            infra_overrides=context.get("infrastructure"),
            environment_overrides=context.get("environment"),
        )

    def out(self, total: EmissionsData, delta: EmissionsData | None = None) -> None:
        """Write the report of the run, over the one that was there."""
        path = os.path.join(self._output_dir, f"boamps_report_{total.run_id}.json")
        try:
            report = map_emissions_to_boamps(
                total,
                task=self._task,
                header=self._header,
                quality=self._quality,
                infra_overrides=self._infra_overrides,
                environment_overrides=self._environment_overrides,
            )
            text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False, default=str)
            # Whoever reads at this moment finds the old report or the new one.
            partial = f"{path}.part"
            with open(partial, "w", encoding="utf-8") as file:
                file.write(f"{text}\n")
            os.replace(partial, path)
        except Exception as problem:
            logger.error(f"The BoAmps report was not written: {problem}", problem)
            return
        self.save_file_path = path
        logger.info(f"BoAmps report saved to {os.path.abspath(path)}")
