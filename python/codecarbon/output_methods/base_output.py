"""What an output is: four moments at which a tracker calls it; names of the built-in ones."""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codecarbon.output_methods.emissions_data import EmissionsData, TaskEmissionsData

__all__ = ["BaseOutput", "OutputMethod"]


class OutputMethod(str, Enum):
    """Names of the built-in outputs, as ``output_methods`` takes them."""

    CSV = "csv"
    API = "api"
    LOGGER = "logger"
    PROMETHEUS = "prometheus"
    LOGFIRE = "logfire"
    BOAMPS = "boamps"
    OTLP = "otlp"


class BaseOutput:
    """An output that does nothing; override the moments that are of interest.

    A tracker passes arguments by position, so parameters may have any name, and a class that is
    not derived from this one works as well. An exception is logged, and neither stops the run nor
    the other outputs.
    """

    def out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Called by ``stop()`` and ``flush()``: the run so far, and what is new in it."""

    def live_out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Called every ``api_call_interval`` measurements while the run goes on."""

    def task_out(self, data: list[TaskEmissionsData], experiment_name: str) -> None:
        """Called by ``stop()`` and ``flush()`` when the run has tasks."""

    def exit(self) -> None:
        """Called once, after the last ``out``."""
