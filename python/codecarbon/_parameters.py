"""The parameters of trackers: names, order and defaults, once for all classes and decorators.

Classes and decorators take ``*args, **kwargs`` and check them here, which is cheaper than
thirty-six defaults, gives better messages, and leaves one list. The signatures of classes that
``help()`` shows are made from it when they are asked for; the stub file repeats them for editors
and type checkers, and a test holds the two together.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TRACKER: dict[str, Any] = {
    "project_name": "codecarbon",
    "measure_power_secs": 15,
    "api_call_interval": 8,
    "api_endpoint": "https://api.codecarbon.io",
    "api_key": None,
    "output_dir": ".",
    "output_file": "emissions.csv",
    "output_methods": None,
    "save_to_file": True,
    "save_to_api": False,
    "save_to_logger": False,
    "logging_logger": None,
    "save_to_prometheus": False,
    "save_to_logfire": False,
    "prometheus_url": "localhost:9091",
    "output_handlers": None,
    "gpu_ids": None,
    "emissions_endpoint": None,
    "experiment_id": "5b0fa12a-3dd7-45bb-9766-cc326314d9f1",
    "experiment_name": "base",
    "electricitymaps_api_token": None,
    "co2_signal_api_token": None,
    "tracking_mode": "machine",
    "log_level": "info",
    "on_csv_write": "append",
    "logger_preamble": "",
    "force_cpu_power": None,
    "force_ram_power": None,
    "pue": 1.0,
    "wue": 0.0,
    "force_carbon_intensity_g_co2e_kwh": None,
    "force_mode_cpu_load": False,
    "allow_multiple_runs": True,
    "rapl_include_dram": False,
    "rapl_prefer_psys": False,
    "metadata": None,
}
"""Parameters of every tracker in positional order, with what holds when nobody sets them."""

OFFLINE: dict[str, Any] = {
    "country_iso_code": None,
    "region": None,
    "cloud_provider": None,
    "cloud_region": None,
    "country_2letter_iso_code": None,
}
"""Further parameters, by keyword only, of the trackers that are told where they are."""

SAVE_TO = frozenset(name for name in TRACKER if name.startswith("save_to_"))
"""Deprecated flags, in whose place stands ``output_methods``."""

_POSITIONAL = tuple(TRACKER)
ONLINE_NAMES = frozenset(TRACKER)
OFFLINE_NAMES = ONLINE_NAMES | frozenset(OFFLINE)


def given(
    owner: str, args: tuple[Any, ...], kwargs: dict[str, Any], names: frozenset[str]
) -> dict[str, Any]:
    """The arguments of a call by name; ``TypeError`` for what is not among ``names``."""
    if args:
        if len(args) > len(_POSITIONAL):
            raise TypeError(
                f"{owner} takes at most {len(_POSITIONAL)} positional arguments, not {len(args)}"
            )
        for name, value in zip(_POSITIONAL, args, strict=False):
            if name in kwargs:
                raise TypeError(f"{owner} got multiple values for argument {name!r}")
            kwargs[name] = value
    if not names.issuperset(kwargs):
        raise TypeError(_unexpected(owner, kwargs, names))
    return kwargs


def _unexpected(owner: str, kwargs: dict[str, Any], names: frozenset[str]) -> str:
    import difflib

    name = next(name for name in kwargs if name not in names)
    message = f"{owner} got an unexpected keyword argument {name!r}"
    if name in OFFLINE:
        return f"{message}; OfflineEmissionsTracker takes it"
    near = difflib.get_close_matches(name, names, 1)
    return f"{message}; did you mean {near[0]!r}?" if near else message


class SignatureOf:
    """``__signature__`` of a class or function with these parameters, made on demand."""

    def __init__(self, *, offline: bool) -> None:
        self._offline = offline

    def __get__(self, instance: object, owner: type) -> Any:
        # A subclass with an `__init__` of its own has its own signature.
        for cls in owner.__mro__:
            if "__init__" in cls.__dict__:
                if not cls.__module__.startswith("codecarbon."):
                    raise AttributeError("__signature__")
                break
        return _signature(self._offline)


def _signature(offline: bool) -> Any:
    from inspect import Parameter, Signature

    plain, by_keyword = Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY
    parameters = [Parameter(name, plain, default=value) for name, value in TRACKER.items()]
    if offline:
        parameters += [Parameter(n, by_keyword, default=value) for n, value in OFFLINE.items()]
    return Signature(parameters)
