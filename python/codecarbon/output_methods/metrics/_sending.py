"""What the outputs for metrics have in common: a native sink, made when the first record comes.

The native part sends in the background, newest figures first, so none of the moments of an output
waits for a network, but for :meth:`exit`, which gives the last figures a moment to arrive.
"""

from __future__ import annotations

from codecarbon import _native
from codecarbon.external import logger
from codecarbon.output_methods.base_output import BaseOutput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codecarbon.output_methods.emissions_data import EmissionsData


class SendingOutput(BaseOutput):
    """An output over a native sink; faults are logged, never raised."""

    _sink: _native.MetricsSink | None = None
    _is_broken = False

    def out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Send what the run has come to."""
        self._take(total, delta)

    def live_out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Send what the run has come to so far."""
        self._take(total, delta)

    def exit(self) -> None:
        """Give the last figures a moment to arrive; log that they did not."""
        sink, self._sink = self._sink, None
        if sink is not None and sink.is_ours:
            for notice in sink.end():
                logger.warning(notice)

    def _make(self) -> _native.MetricsSink:
        """The sink for a run."""
        raise NotImplementedError

    def _made(self) -> _native.MetricsSink | None:
        """The sink: made anew for another run and in a forked child; not tried twice in vain."""
        if self._sink is None or not self._sink.is_ours:
            self._sink = None
            if self._is_broken:
                return None
            try:
                self._sink = self._make()
            except (OSError, ValueError) as problem:
                self._is_broken = True
                logger.warning(f"{type(self).__name__}: {problem}")
        return self._sink

    def _take(self, total: Any, delta: Any) -> None:
        sink = self._made()
        if sink is None:
            return
        try:
            notices = sink.take(_values(total), _values(delta))
        except (OSError, ValueError) as problem:
            notices = [f"{type(self).__name__}: {problem}"]
        for notice in notices:
            logger.warning(notice)


def _values(record: EmissionsData) -> tuple[Any, ...]:
    return tuple([getattr(record, name) for name in _native.RECORD_FIELDS])
