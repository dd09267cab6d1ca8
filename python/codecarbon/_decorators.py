"""Decorators and the context manager for tasks.

A decorated function stays what it is: an ``async def`` is awaited, a generator is measured from its
first value to its end, a method is bound. Result and exceptions pass through; measuring never adds
one of its own, except for arguments that are wrong.
"""

from __future__ import annotations

from codecarbon import _parameters
from codecarbon._tracker import EmissionsTracker, OfflineEmissionsTracker
from codecarbon.external import logger as log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_GENERATOR, _COROUTINE, _ITERABLE_COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x100, 0x200

class _Unset:
    """The default of a parameter that a file, a variable or the built-in value decides."""

    def __repr__(self) -> str:
        return "unset"


_UNSET: Any = _Unset()

_NAMES = _parameters.OFFLINE_NAMES | {"offline"}


def track_emissions(
    fn: Callable[..., Any] | None = None,
    project_name: Any = _UNSET,
    measure_power_secs: Any = _UNSET,
    api_call_interval: Any = _UNSET,
    api_endpoint: Any = _UNSET,
    api_key: Any = _UNSET,
    output_dir: Any = _UNSET,
    output_file: Any = _UNSET,
    output_methods: Any = _UNSET,
    save_to_file: Any = _UNSET,
    save_to_api: Any = _UNSET,
    save_to_logger: Any = _UNSET,
    logging_logger: Any = _UNSET,
    save_to_prometheus: Any = _UNSET,
    save_to_logfire: Any = _UNSET,
    prometheus_url: Any = _UNSET,
    output_handlers: Any = _UNSET,
    gpu_ids: Any = _UNSET,
    emissions_endpoint: Any = _UNSET,
    experiment_id: Any = _UNSET,
    experiment_name: Any = _UNSET,
    electricitymaps_api_token: Any = _UNSET,
    co2_signal_api_token: Any = _UNSET,
    tracking_mode: Any = _UNSET,
    log_level: Any = _UNSET,
    on_csv_write: Any = _UNSET,
    logger_preamble: Any = _UNSET,
    offline: Any = _UNSET,
    country_iso_code: Any = _UNSET,
    region: Any = _UNSET,
    cloud_provider: Any = _UNSET,
    cloud_region: Any = _UNSET,
    country_2letter_iso_code: Any = _UNSET,
    force_cpu_power: Any = _UNSET,
    force_ram_power: Any = _UNSET,
    pue: Any = _UNSET,
    wue: Any = _UNSET,
    force_carbon_intensity_g_co2e_kwh: Any = _UNSET,
    allow_multiple_runs: Any = _UNSET,
    rapl_include_dram: Any = _UNSET,
    rapl_prefer_psys: Any = _UNSET,
    force_mode_cpu_load: Any = _UNSET,
    metadata: Any = _UNSET,
    **unknown: Any,
) -> Any:
    """Measure every call of a function, each as a run of its own.

    ``@track_emissions``, ``@track_emissions()`` or with parameters of :class:`EmissionsTracker`;
    with ``offline=True`` those of :class:`OfflineEmissionsTracker`, which must say where the
    program runs. Parameters that are not given come from configuration files and variables.

    Args:
        fn: The function, when used without parentheses.
        offline: Ask no network for the place.

    Raises:
        TypeError: A parameter that does not exist, when decorating.
        ValueError: A value that a parameter does not take, when the function is called.
    """
    given = {name: value for name, value in locals().items() if value is not _UNSET}
    fn = given.pop("fn")
    given.update(given.pop("unknown"))
    parameters = _parameters.given("track_emissions", (), given, _NAMES)
    offline = parameters.pop("offline", False)
    if not offline:
        _leave_out_places(parameters)
    cls = OfflineEmissionsTracker if offline else EmissionsTracker

    def opened() -> Any:
        tracker = cls(**parameters)
        if offline:
            _require_place(tracker)
        return tracker

    return _decorated(fn, opened)


def track_task_emissions(
    fn: Callable[..., Any] | None = None, tracker: Any = None, task_name: str = ""
) -> Any:
    """Measure every call of a function as a task.

    Args:
        fn: The function, when used without parentheses.
        tracker: The tracker whose run the task is a part of; one of its own for each call if there
            is none.
        task_name: Name of the task.
    """
    return _decorated(fn, lambda: TaskEmissionsTracker(task_name, tracker))


class TaskEmissionsTracker:
    """Measures a ``with`` block as a task.

    Args:
        task_name: Name of the task.
        tracker: The tracker whose run it is a part of; one of its own, stopped at the end, if there
            is none.
    """

    def __init__(self, task_name: str, tracker: Any = None) -> None:
        self.is_default_tracker = tracker is None
        self.tracker = EmissionsTracker() if tracker is None else tracker
        self.task_name = task_name
        self._started: Any = None

    def __enter__(self) -> TaskEmissionsTracker:
        before = set(self.tracker._tasks)
        self.tracker.start_task(self.task_name)
        self._started = next((n for n in self.tracker._tasks if n not in before), None)
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, tb: Any) -> None:
        self.tracker.stop_task(self._started)
        if self.is_default_tracker:
            self.tracker.stop()


def _decorated(fn: Any, opened: Callable[[], Any]) -> Any:
    if fn is None:
        return lambda fn: _decorated(fn, opened)
    if isinstance(fn, (classmethod, staticmethod)):
        return type(fn)(_decorated(fn.__func__, opened))
    if not callable(fn):
        raise TypeError(
            f"a function is decorated, not {fn!r}; parameters are given by name: "
            "@track_emissions(project_name=...)"
        )
    return _named_like(fn, _wrapper(fn, opened))


def _wrapper(fn: Any, opened: Callable[[], Any]) -> Any:
    flags = _flags(fn)
    if flags & _ASYNC_GENERATOR:

        async def measured_async_generator(*args: Any, **kwargs: Any) -> Any:
            with opened():
                values = fn(*args, **kwargs)
                try:
                    async for value in values:
                        yield value
                finally:
                    await values.aclose()

        return measured_async_generator
    if flags & (_COROUTINE | _ITERABLE_COROUTINE):

        async def measured_coroutine(*args: Any, **kwargs: Any) -> Any:
            with opened():
                return await fn(*args, **kwargs)

        return measured_coroutine
    if flags & _GENERATOR:

        def measured_generator(*args: Any, **kwargs: Any) -> Any:
            with opened():
                return (yield from fn(*args, **kwargs))

        return measured_generator

    def measured(*args: Any, **kwargs: Any) -> Any:
        with opened():
            return fn(*args, **kwargs)

    return measured


def _flags(fn: Any) -> int:
    """What kind of function it is, through ``functools.partial`` and objects with ``__call__``."""
    while not hasattr(fn, "__code__"):
        inner = getattr(fn, "func", None) or getattr(type(fn), "__call__", None)
        if inner is None or isinstance(fn, type) or not hasattr(inner, "__code__"):
            return 0
        fn = inner
    return fn.__code__.co_flags


def _named_like(fn: Any, wrapper: Any) -> Any:
    """What :func:`functools.wraps` does, without importing it."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        try:
            setattr(wrapper, name, getattr(fn, name))
        except AttributeError:
            pass
    wrapper.__dict__.update(getattr(fn, "__dict__", {}))
    wrapper.__wrapped__ = fn
    return wrapper


def _leave_out_places(parameters: dict[str, Any]) -> None:
    for name in _parameters.OFFLINE:
        if parameters.pop(name, None) is not None:
            log.warning(f"track_emissions uses {name} only with offline=True; it is left out.")


def _require_place(tracker: Any) -> None:
    if not tracker._core.is_place_set:
        raise ValueError(
            "Needs ISO Code of the Country for Offline mode: give country_iso_code, or "
            "cloud_provider and cloud_region"
        )
