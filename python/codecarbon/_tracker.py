"""The tracker: parameters in, runs and tasks out, outputs called at their moments.

Measuring, pricing and the files are native. Here are the life of a tracker as programs know it, the
calls of outputs that are written in Python, and the rule that a fault of measuring never reaches
the program: it is logged, and the method returns ``None``.
"""

from __future__ import annotations

import os
import sys
from _thread import RLock
from time import perf_counter

from codecarbon import _native
from codecarbon._attributes import FinalEmissionsData, add_to, record_class
from codecarbon._parameters import OFFLINE_NAMES, ONLINE_NAMES, SAVE_TO, SignatureOf, given
from codecarbon._process import running
from codecarbon.external import logger as log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codecarbon._tasks import MeasuredTask
    from codecarbon.output_methods.emissions_data import EmissionsData

_INFO, _WARNING = 20, 30

_said: set[str] = set()
"""Warnings about the machine that were logged; once in a process is enough."""


class BaseEmissionsTracker:
    """What all trackers have in common; use one of the two classes derived from it."""

    run_id: str
    """Id of the run (UUID), the same in every output."""

    force_carbon_intensity_g_co2e_kwh: float | None
    """Grid intensity in g CO2e per kWh that overrules every table, if one was given."""

    __signature__ = SignatureOf(offline=False)
    _names = ONLINE_NAMES
    _is_offline = False
    _another_instance_already_running = False
    _is_locked = False
    _start_time: float | None = None
    _outcome: Any = None
    _previous: EmissionsData | None = None
    _ticket: int | None = None
    final_emissions_data = FinalEmissionsData()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        cls = type(self)
        if cls is BaseEmissionsTracker:
            raise TypeError("use EmissionsTracker or OfflineEmissionsTracker")
        arguments = given(cls.__name__, args, kwargs, self._names)
        if not SAVE_TO.isdisjoint(arguments):
            _warn_of_save_to()
        handlers = arguments.pop("output_handlers", None)
        logging_logger = arguments.pop("logging_logger", None)
        self._metadata = arguments.pop("metadata", None)
        if self._is_offline:
            arguments["offline"] = True
        self._core = _native.Tracker(arguments, os.environ)
        (
            methods,
            endpoint,
            allow_multiple_runs,
            self._measure_power_secs,
            self._api_call_interval,
            level,
            preamble,
            listens,
        ) = self._core.essentials
        log.set_logger_level(level)
        log.set_logger_format(preamble)
        for remark in self._core.remarks:
            log.log(*remark)
        self.run_id = _native.new_run_id()
        self._guard = RLock()
        self._tasks: dict[str, MeasuredTask] = {}
        self._user_handlers = list(handlers) if handlers else []
        self._own_handlers: list[Any] = []
        if allow_multiple_runs:
            if is_told(_WARNING):
                log.warning("Other trackers may run on this machine at the same time.")
        elif not self._take_lock():
            return
        self._has_files = bool(methods) and ("csv" in methods or "json" in methods)
        if methods not in _NATIVE_METHODS or endpoint or listens:
            from codecarbon._outputs import own_handlers

            self._own_handlers = own_handlers(self, methods, endpoint, logging_logger)
        if "csv" in methods and is_told(_INFO):
            log.info(f"Emissions data will be saved to file {self._emissions_path()}")
        if is_told(_INFO) and self.force_carbon_intensity_g_co2e_kwh is not None:
            intensity = self.force_carbon_intensity_g_co2e_kwh
            log.info(f"Using forced carbon intensity: {intensity} gCO2e/kWh.")

    # -- a run ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Start a run: find the hardware if this is the first, read the counters, start the clock.

        A tracker that was stopped can be started again; that is a new run with a new ``run_id``.
        Costs about 1 ms for the first run of a process, then some microseconds.
        """
        if self._is_refused():
            return
        if self._start_time is not None:
            log.warning("Already started tracking")
            return
        try:
            self._open_run()
        except Exception as error:
            log.error("Tracking could not be started; the program goes on unmeasured.", error)

    def stop(self) -> float | None:
        """Stop the run and its tasks, write the record to every output.

        Returns:
            Emissions of the run in kg CO2e; ``None`` when nothing was started or measuring failed.
            A second call returns the same and writes nothing.
        """
        if self._is_refused():
            return None
        with self._guard:
            if self._start_time is None:
                log.warning("Tracker already stopped or never started.")
                return self.__dict__.get("final_emissions")
            try:
                return self._close_run()
            except Exception as error:
                log.error("Tracking ended with a failure.", error)
                return None

    def flush(self) -> float | None:
        """Write the record of the run so far to every output, and go on measuring.

        Returns:
            Emissions so far in kg CO2e; ``None`` when nothing runs.
        """
        if self._is_refused():
            return None
        with self._guard:
            if self._start_time is None:
                log.error("You first need to start the tracker.")
                return None
            try:
                outcome = self._core.flush(True)
                self._publish(outcome)
                return outcome.emissions
            except Exception as error:
                log.error("The record could not be flushed.", error)
                return None

    def __enter__(self) -> BaseEmissionsTracker:
        self.start()
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, tb: Any) -> None:
        self.stop()

    # -- tasks ----------------------------------------------------------------------------------

    def start_task(self, task_name: str | None = None) -> None:
        """Start measuring a part of the run; starts the run if none runs.

        Tasks may nest and overlap, on any thread and in any asyncio task; each is measured for
        itself.

        Args:
            task_name: Name of the task. A UUID if there is none; a name that is taken gets one
                appended.
        """
        if self._is_refused():
            return
        from codecarbon._tasks import open_task

        try:
            if self._start_time is None:
                self._open_run()
            open_task(self, task_name)
        except Exception as error:
            log.error("The task could not be started; the program goes on unmeasured.", error)

    def stop_task(self, task_name: str | None = None) -> EmissionsData | None:
        """Stop measuring a part of the run.

        Args:
            task_name: Which task; without a name the innermost one that this thread or asyncio task
                has started, else the one that was started last.

        Returns:
            The record of the task alone, ``None`` when there is no such task.
        """
        if self._is_refused():
            return None
        from codecarbon._tasks import close_task

        try:
            return close_task(self, task_name)
        except Exception as error:
            log.error("The task ended with a failure.", error)
            return None

    # -- what is known --------------------------------------------------------------------------

    @property
    def report(self) -> dict[str, Any] | None:
        """Everything that is known about the run, so far or when it ended, as a dict.

        Energies in J with their intervals, by component, source and meter; emissions in kg CO2e
        with their interval; the factors that were applied; gaps, warnings, and what measuring cost.
        ``None`` before the first start.
        """
        outcome = self._latest()
        return None if outcome is None else outcome.report()

    def get_detected_hardware(self) -> dict[str, Any]:
        """The machine: ``ram_total_size`` (GiB), ``cpu_count`` (logical), ``cpu_physical_count``
        (sockets), ``cpu_model``, ``gpu_count`` and ``gpu_model`` (tracked ones), ``gpu_ids``.
        """
        hardware = self._core.hardware()
        return {
            name: hardware[name]
            for name in (
                "ram_total_size",
                "cpu_count",
                "cpu_physical_count",
                "cpu_model",
                "gpu_count",
                "gpu_model",
                "gpu_ids",
            )
        }

    def service_shutdown(self, signum: int, frame: Any) -> None:
        """Stop the run; for programs that pass this method to :func:`signal.signal`."""
        log.warning(f"Caught signal {signum}: the run is stopped.")
        self.stop()

    # -- inside ---------------------------------------------------------------------------------

    def _is_refused(self) -> bool:
        if self._another_instance_already_running:
            log.warning("Another instance of codecarbon is already running. Exiting.")
            return True
        return False

    def _take_lock(self) -> bool:
        import tempfile

        try:
            self._core.acquire_lock(tempfile.gettempdir())
        except OSError as error:
            self._another_instance_already_running = True
            log.error(f"Error: {error}")
            return False
        self._is_locked = True
        return True

    def _open_run(self) -> None:
        if self._outcome is not None:
            self._begin_again()
        place = self._core.start(self.run_id)
        if place is None:
            return
        self._start_time = perf_counter()
        running[id(self)] = self
        for warning in place:
            # That an unknown country is one has been said by the constructor.
            if warning not in _said and not warning.startswith("Does not support"):
                log.warning(warning)
            _said.add(warning)
        if self._user_handlers or self._own_handlers or is_told(_INFO):
            from codecarbon._live import follow

            follow(self)

    def _begin_again(self) -> None:
        self.__dict__.pop("final_emissions", None)
        self.__dict__.pop("final_emissions_data", None)
        self.run_id = _native.new_run_id()
        self._outcome = self._previous = None
        self._tasks = {}
        if not self._is_locked and not self._conf["allow_multiple_runs"] and not self._take_lock():
            raise RuntimeError("another tracker holds the lock")

    def _close_run(self) -> float | None:
        self._unfollow()
        for task in list(self._tasks.values()):
            if task.is_active:
                self.stop_task(task.task_name)
        outcome = self._core.stop()
        self._start_time = None
        running.pop(id(self), None)
        try:
            if outcome is None:
                return None
            self._outcome = outcome
            self.final_emissions = outcome.emissions
            self._publish(outcome)
            for handler in self._output_handlers:
                _call(handler, "exit")
            for warning in self._core.end_journal():
                log.warning(warning)
            told = self._core.tell(outcome)
            if told is not None:
                log.debug(f"Telemetry: {told}")
        finally:
            if self._is_locked:
                self._is_locked = False
                self._core.release_lock()
        for warning in outcome.warnings:
            if warning not in _said:
                _said.add(warning)
                log.warning(warning)
        return outcome.emissions

    def _publish(self, outcome: Any) -> None:
        """Give a record to every output; one that fails does not keep it from the others."""
        if self._user_handlers or self._own_handlers:
            from codecarbon._outputs import give

            total, delta = self._total_and_delta(outcome)
            give(self, self._user_handlers, total, delta)
            self._save(outcome)
            give(self, self._own_handlers, total, delta)
        else:
            self._save(outcome)

    def _save(self, outcome: Any) -> None:
        if not self._has_files:
            return
        _, notices, failures = self._core.save(outcome)
        for notice in notices:
            log.warning(notice)
        for failure in failures:
            log.error(failure)

    def _total_and_delta(self, outcome: Any) -> tuple[EmissionsData, EmissionsData]:
        record, values = record_class(), outcome.values
        total, delta = record(*values), record(*values)
        if self._previous is not None:
            delta.compute_delta_emission(self._previous)
        self._previous = record(*values)
        return total, delta

    def _latest(self) -> Any:
        return self._outcome if self._start_time is None else self._core.peek()

    @property
    def _output_handlers(self) -> list[Any]:
        return self._user_handlers + self._own_handlers

    def _emissions_path(self) -> str:
        conf = self._conf
        return os.path.abspath(os.path.join(conf["output_dir"], conf["output_file"]))

    def _unfollow(self) -> None:
        if self._ticket is not None:
            _native.unfollow(self._ticket)
            self._ticket = None

    def _inherit(self) -> None:
        """Become a tracker that was never started, in a forked child; the parent's run goes on."""
        self._core = self._core.fresh()
        self._guard = RLock()
        self._start_time = self._outcome = self._previous = self._ticket = None
        self._is_locked = False
        self._tasks = {}


class EmissionsTracker(BaseEmissionsTracker):
    """Measures the energy and emissions of a program, wherever it runs.

    Every parameter may also stand in ``~/.codecarbon.config``, in ``./.codecarbon.config`` (section
    ``[codecarbon]``) or in a variable ``CODECARBON_<NAME>``; later ones win, an argument wins over
    all.

    Args:
        project_name: Name that records carry.
        measure_power_secs: Seconds between two measurements of live records.
        api_call_interval: Measurements between two live records; -1 for none.
        api_endpoint: Address of the CodeCarbon API.
        api_key: Token of the project on the server.
        output_dir: Directory of the output files; it must exist.
        output_file: Name of the CSV file.
        output_methods: Where records go: a list of :class:`OutputMethod` or their names; ``[]`` for
            nowhere. CSV unless set.
        save_to_file, save_to_api, save_to_logger, save_to_prometheus, save_to_logfire: Deprecated;
            use ``output_methods``.
        logging_logger: The ``LoggerOutput`` for the method LOGGER.
        prometheus_url: Address of the Prometheus push gateway.
        output_handlers: Outputs of your own, derived from ``BaseOutput``. The list is not changed.
        gpu_ids: GPUs to count: indices or prefixes of their ids. All that CUDA and ROCm show unless
            set; ``[]`` for none.
        emissions_endpoint: Address to which the final record is posted.
        experiment_id: Id of the experiment on the server.
        experiment_name: Part of the name of the task file.
        electricitymaps_api_token: Token of Electricity Maps.
        co2_signal_api_token: Deprecated name of the same.
        tracking_mode: "machine" bills the machine, "process" this process and its children.
        log_level: "debug", "info", "warning", "error", "critical", or the number of a level.
        on_csv_write: "append" adds a row, "update" replaces the row of the same run.
        logger_preamble: Text in brackets that log lines begin with.
        force_cpu_power: W of all processors at full load.
        force_ram_power: W of the memory.
        pue: Power usage effectiveness, at least 1: energy of the site per energy of its machines.
        wue: Water usage effectiveness, L per kWh of the machines.
        force_carbon_intensity_g_co2e_kwh: Grid intensity, g CO2e per kWh.
        force_mode_cpu_load: Use the CPU load model even where counters can be read.
        allow_multiple_runs: Whether other trackers may run on this machine at once.
        rapl_include_dram: Accepted; memory counters are always reported, as memory.
        rapl_prefer_psys: Use the counter of the whole platform for processors and memory.
        metadata: Dict, or path of a JSON file, for outputs that take more than the record.

    Raises:
        ValueError: A value that the parameter, variable or file key does not take.
        OSError: The output directory does not exist.

    Results after :meth:`stop`: ``final_emissions`` (kg CO2e), ``final_emissions_data``
    (:class:`EmissionsData`), and :attr:`report`.
    """


class OfflineEmissionsTracker(BaseEmissionsTracker):
    """Measures the energy and emissions of a program at a place that it is told.

    Takes what :class:`EmissionsTracker` takes, and by keyword:

    Args:
        country_iso_code: Country, ISO 3166-1 of three letters; the world average without it.
        region: State, province or zone.
        cloud_provider: "aws", "azure" or "gcp".
        cloud_region: Region of that provider.
        country_2letter_iso_code: Country, ISO 3166-1 of two letters.
    """

    __signature__ = SignatureOf(offline=True)
    _names = OFFLINE_NAMES
    _is_offline = True


_NATIVE_METHODS = {(), ("csv",), ("json",), ("csv", "json"), ("json", "csv")}

add_to(BaseEmissionsTracker)


def _warn_of_save_to() -> None:
    import warnings

    warnings.warn(
        "The save_to_* parameters are deprecated; use output_methods=[OutputMethod.CSV, ...].",
        DeprecationWarning,
        stacklevel=3,
    )


def _call(handler: Any, moment: str, *arguments: Any) -> None:
    """Call an output at one of its moments; log what it raises."""
    try:
        method = getattr(handler, moment, None)
        if method is not None:
            method(*arguments)
    except Exception as error:
        log.error(f"The output {type(handler).__name__} failed in {moment}().", error)


def is_told(level: int) -> bool:
    """Whether a line of this level would be written."""
    logging = sys.modules.get("logging")
    if logging is not None and hasattr(logging, "getLogger"):
        return logging.getLogger("codecarbon").isEnabledFor(level)
    return level >= log._threshold()
