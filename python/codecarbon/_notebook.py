"""The cell magic ``%%codecarbon``: measures a cell of a notebook as a run.

    %load_ext codecarbon

    %%codecarbon country_iso_code=FRA project_name="my notebook"
    model.fit(x, y)

Parameters are written ``name=value``, with the names of :class:`OfflineEmissionsTracker`; with one
that says where the machine is, no network is asked. What the cell used is shown below it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_QUIET = {"log_level": "warning"}


def load_ipython_extension(shell: Any) -> None:
    """Register the magic; called by ``%load_ext codecarbon``."""

    def codecarbon(line: str, cell: str) -> None:
        """Measure the energy and emissions of this cell; parameters are written name=value."""
        tracker = _tracker(line)
        with tracker:
            shell.run_cell(cell)
        if tracker.__dict__.get("final_emissions") is not None:
            print(summary(tracker.final_emissions_data))

    shell.register_magic_function(codecarbon, "cell", "codecarbon")


def _tracker(line: str) -> Any:
    import shlex

    from codecarbon._parameters import OFFLINE
    from codecarbon.emissions_tracker import EmissionsTracker, OfflineEmissionsTracker

    parameters = dict(_QUIET)
    for word in shlex.split(line):
        name, equals, value = word.partition("=")
        if not equals:
            raise ValueError(f"%%codecarbon takes parameters as name=value, not {word!r}")
        parameters[name.lstrip("-").replace("-", "_")] = value
    cls = EmissionsTracker if OFFLINE.keys().isdisjoint(parameters) else OfflineEmissionsTracker
    return cls(**parameters)


def summary(record: Any) -> str:
    """One line on a record: energy in Wh, emissions in g, time in s."""
    return (
        f"{record.energy_consumed * 1000:.4g} Wh, {record.emissions * 1000:.4g} g CO2eq "
        f"in {record.duration:.3g} s"
    )
