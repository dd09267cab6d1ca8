"""Measures the energy and the CO2e of computing.

    from codecarbon import EmissionsTracker

    with EmissionsTracker() as tracker:
        ...                            # the work
    print(tracker.final_emissions)     # kg CO2e

``OfflineEmissionsTracker(country_iso_code="FRA")`` asks no network where it is,
``@track_emissions`` measures a function, ``tracker.start_task("name")`` a part of a run.

Importing this package loads next to nothing: every name below is looked up when it is first used.
"""

from codecarbon._native import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codecarbon.emissions_tracker import (
        EmissionsTracker as EmissionsTracker,
        OfflineEmissionsTracker as OfflineEmissionsTracker,
        TaskEmissionsTracker as TaskEmissionsTracker,
        track_emissions as track_emissions,
        track_task_emissions as track_task_emissions,
    )
    from codecarbon.output_methods.base_output import OutputMethod as OutputMethod

__app_name__ = "codecarbon"
__all__ = ["EmissionsTracker", "OfflineEmissionsTracker", "track_emissions", "OutputMethod"]

_HOMES = {
    "EmissionsTracker": "codecarbon.emissions_tracker",
    "OfflineEmissionsTracker": "codecarbon.emissions_tracker",
    "TaskEmissionsTracker": "codecarbon.emissions_tracker",
    "track_emissions": "codecarbon.emissions_tracker",
    "track_task_emissions": "codecarbon.emissions_tracker",
    "OutputMethod": "codecarbon.output_methods.base_output",
    "load_ipython_extension": "codecarbon._notebook",
}


def __getattr__(name: str) -> "Any":
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import sys

    __import__(home)
    value = getattr(sys.modules[home], name)
    globals()[name] = value
    return value


def __dir__() -> "list[str]":
    return sorted({*globals(), *_HOMES})
