"""What happens while a run goes on: live records for outputs, and lines in the log.

The calls come from one native thread for all trackers, which attaches to the interpreter when one
is due. Without outputs and at log levels above INFO there are none.
"""

from __future__ import annotations

import weakref

from codecarbon import _native
from codecarbon._tracker import _INFO, _call, is_told
from codecarbon.external import logger as log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codecarbon._tracker import BaseEmissionsTracker

_SECONDS_PER_YEAR = 3600 * 24 * 365


def follow(tracker: BaseEmissionsTracker) -> None:
    """Arrange the calls of a run that has just started."""
    if tracker._own_handlers:
        from codecarbon._outputs import begin

        begin(tracker)
    is_line_wanted = is_told(_INFO)
    is_anybody_there = tracker._output_handlers or (is_line_wanted and tracker._has_files)
    every = tracker._api_call_interval if is_anybody_there else -1
    if is_line_wanted:
        _describe(tracker)
        period_s, rounds = tracker._measure_power_secs, 1
        first_s = period_s
    elif every != -1:
        # The start is the first measurement, so the first live record comes one earlier.
        period_s, rounds = every * tracker._measure_power_secs, every
        first_s = max(every - 1, 1) * tracker._measure_power_secs
    else:
        return
    follower = _Follower(tracker, every, rounds)
    follower.count(1)
    tracker._ticket = _native.follow(follower, first_s, period_s)


class _Follower:
    """Counts the measurements of one run and acts when enough have been made."""

    def __init__(self, tracker: BaseEmissionsTracker, every: int, rounds: int) -> None:
        self._tracker = weakref.ref(tracker)
        self._every = every
        self._rounds = rounds
        self._count = 0

    def __call__(self) -> None:
        try:
            self.count(self._rounds if self._rounds == 1 else self._every)
        except Exception as error:
            log.error("A live record failed.", error)

    def count(self, rounds: int) -> None:
        tracker = self._tracker()
        if tracker is None:
            return
        with tracker._guard:
            if tracker._start_time is None:
                return
            self._count += rounds
            is_live = self._every != -1 and self._count >= self._every
            is_line_due = self._rounds == 1 and is_told(_INFO)
            if not is_live and not is_line_due:
                return
            outcome = tracker._core.flush(False) if is_live else tracker._core.peek()
            if outcome is None:
                return
            if is_line_due:
                _tell(outcome)
            if is_live:
                self._count = 0
                _send(tracker, outcome)


def _send(tracker: BaseEmissionsTracker, outcome: Any) -> None:
    total, delta = tracker._total_and_delta(outcome)
    rate = delta.emissions_rate
    log.info(
        f"{rate * 1000:.6f} g.CO2eq/s mean an estimation of "
        f"{rate * _SECONDS_PER_YEAR:,.3f} kg.CO2eq/year, by the last {delta.duration:.1f} s."
    )
    for handler in tracker._output_handlers:
        _call(handler, "live_out", total, delta)


def _tell(outcome: Any) -> None:
    record = dict(zip(_native.RECORD_FIELDS, outcome.values, strict=True))
    for part, energy, power in (
        ("ram", "RAM", "RAM Power"),
        ("cpu", "All CPU", "Total CPU Power"),
        ("gpu", "all GPUs", "Total GPU Power"),
    ):
        if part != "gpu" or record["gpu_count"]:
            log.info(
                f"Energy consumed for {energy} : {record[f'{part}_energy']:.6f} kWh. "
                f"{power} : {record[f'{part}_power']:.2f} W"
            )
    log.info(
        f"{record['energy_consumed']:.6f} kWh of electricity and "
        f"{record['water_consumed']:.6f} L of water were used since the beginning. "
        f"That is {record['emissions'] * 1000:.6f} g CO2eq."
    )


def _describe(tracker: BaseEmissionsTracker) -> None:
    hardware = tracker._core.hardware()
    methods = hardware["methods"]
    for part in ("RAM", "CPU", "GPU"):
        method = ", ".join(methods[part]) if part in methods else "Unspecified"
        log.info(f"{part} Tracking Method: {method}")
    log.info(">>> Tracker's metadata:")
    log.info(f"  Platform system: {hardware['os']}")
    log.info(f"  Python version: {hardware['python_version']}")
    log.info(f"  CodeCarbon version: {_native.__version__}")
    log.info(f"  Available RAM : {hardware['ram_total_size']:.3f} GB")
    log.info(
        f"  CPU count: {hardware['cpu_count']} thread(s) in "
        f"{hardware['cpu_physical_count']} physical CPU(s)"
    )
    log.info(f"  CPU model: {hardware['cpu_model']}")
    log.info(f"  GPU count: {hardware['gpu_count']}")
    log.info(f"  GPU model: {hardware['gpu_model']}")
