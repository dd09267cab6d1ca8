"""Trackers and decorators: the signatures of run time, spelt out for type checkers."""

from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from types import FrameType, TracebackType
from typing import Any, Literal, Optional, TypeVar, Union, overload

from codecarbon.core.units import Energy as Energy
from codecarbon.core.units import Power as Power
from codecarbon.core.units import Water as Water
from codecarbon.external.task import Task as Task
from codecarbon.output_methods.base_output import BaseOutput as BaseOutput
from codecarbon.output_methods.base_output import OutputMethod as OutputMethod
from codecarbon.output_methods.emissions_data import EmissionsData as EmissionsData
from codecarbon.output_methods.emissions_data import TaskEmissionsData as TaskEmissionsData
from codecarbon.output_methods.logger import LoggerOutput

__all__ = [
    "BaseEmissionsTracker",
    "EmissionsTracker",
    "OfflineEmissionsTracker",
    "TaskEmissionsTracker",
    "track_emissions",
    "track_task_emissions",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Self = TypeVar("_Self", bound="BaseEmissionsTracker")
_Path = Union[str, "PathLike[str]"]
_Methods = Union[str, Iterable[Union[OutputMethod, str]]]
_GpuIds = Union[str, Iterable[Union[int, str]]]

class BaseEmissionsTracker:
    run_id: str
    final_emissions: float
    final_emissions_data: EmissionsData
    force_carbon_intensity_g_co2e_kwh: Optional[float]
    __signature__: Any
    # Names that programs written for CodeCarbon read.
    _conf: dict[str, Any]
    _start_time: Optional[float]
    _tasks: dict[str, Task]
    _total_emissions: float
    _total_energy: Energy
    _total_cpu_energy: Energy
    _total_gpu_energy: Energy
    _total_ram_energy: Energy
    _total_water: Water
    _cpu_power: Power
    _gpu_power: Power
    _ram_power: Power
    _prepare_emissions_data: Callable[..., Optional[EmissionsData]]
    _measure_power_and_energy: Callable[[], None]

    def __init__(
        self,
        project_name: Optional[str] = ...,
        measure_power_secs: Optional[float] = ...,
        api_call_interval: Optional[int] = ...,
        api_endpoint: Optional[str] = ...,
        api_key: Optional[str] = ...,
        output_dir: Optional[_Path] = ...,
        output_file: Optional[_Path] = ...,
        output_methods: Optional[_Methods] = ...,
        save_to_file: Optional[bool] = ...,
        save_to_api: Optional[bool] = ...,
        save_to_logger: Optional[bool] = ...,
        logging_logger: Optional[LoggerOutput] = ...,
        save_to_prometheus: Optional[bool] = ...,
        save_to_logfire: Optional[bool] = ...,
        prometheus_url: Optional[str] = ...,
        output_handlers: Optional[Iterable[BaseOutput]] = ...,
        gpu_ids: Optional[_GpuIds] = ...,
        emissions_endpoint: Optional[str] = ...,
        experiment_id: Optional[str] = ...,
        experiment_name: Optional[str] = ...,
        electricitymaps_api_token: Optional[str] = ...,
        co2_signal_api_token: Optional[str] = ...,
        tracking_mode: Optional[Literal["machine", "process"]] = ...,
        log_level: Optional[Union[str, int]] = ...,
        on_csv_write: Optional[Literal["append", "update"]] = ...,
        logger_preamble: Optional[str] = ...,
        force_cpu_power: Optional[float] = ...,
        force_ram_power: Optional[float] = ...,
        pue: Optional[float] = ...,
        wue: Optional[float] = ...,
        force_carbon_intensity_g_co2e_kwh: Optional[float] = ...,
        force_mode_cpu_load: Optional[bool] = ...,
        allow_multiple_runs: Optional[bool] = ...,
        rapl_include_dram: Optional[bool] = ...,
        rapl_prefer_psys: Optional[bool] = ...,
        metadata: Optional[Union[Mapping[str, Any], str]] = ...,
    ) -> None: ...
    @property
    def report(self) -> Optional[dict[str, Any]]: ...
    def start(self) -> None: ...
    def stop(self) -> Optional[float]: ...
    def flush(self) -> Optional[float]: ...
    def start_task(self, task_name: Optional[str] = None) -> None: ...
    def stop_task(self, task_name: Optional[str] = None) -> Optional[EmissionsData]: ...
    def get_detected_hardware(self) -> dict[str, Any]: ...
    def service_shutdown(self, signum: int, frame: Optional[FrameType]) -> None: ...
    def __enter__(self: _Self) -> _Self: ...
    def __exit__(
        self,
        exc_type: Optional[type[BaseException]],
        exc_value: Optional[BaseException],
        tb: Optional[TracebackType],
    ) -> None: ...

class EmissionsTracker(BaseEmissionsTracker): ...

class OfflineEmissionsTracker(BaseEmissionsTracker):
    def __init__(
        self,
        project_name: Optional[str] = ...,
        measure_power_secs: Optional[float] = ...,
        api_call_interval: Optional[int] = ...,
        api_endpoint: Optional[str] = ...,
        api_key: Optional[str] = ...,
        output_dir: Optional[_Path] = ...,
        output_file: Optional[_Path] = ...,
        output_methods: Optional[_Methods] = ...,
        save_to_file: Optional[bool] = ...,
        save_to_api: Optional[bool] = ...,
        save_to_logger: Optional[bool] = ...,
        logging_logger: Optional[LoggerOutput] = ...,
        save_to_prometheus: Optional[bool] = ...,
        save_to_logfire: Optional[bool] = ...,
        prometheus_url: Optional[str] = ...,
        output_handlers: Optional[Iterable[BaseOutput]] = ...,
        gpu_ids: Optional[_GpuIds] = ...,
        emissions_endpoint: Optional[str] = ...,
        experiment_id: Optional[str] = ...,
        experiment_name: Optional[str] = ...,
        electricitymaps_api_token: Optional[str] = ...,
        co2_signal_api_token: Optional[str] = ...,
        tracking_mode: Optional[Literal["machine", "process"]] = ...,
        log_level: Optional[Union[str, int]] = ...,
        on_csv_write: Optional[Literal["append", "update"]] = ...,
        logger_preamble: Optional[str] = ...,
        force_cpu_power: Optional[float] = ...,
        force_ram_power: Optional[float] = ...,
        pue: Optional[float] = ...,
        wue: Optional[float] = ...,
        force_carbon_intensity_g_co2e_kwh: Optional[float] = ...,
        force_mode_cpu_load: Optional[bool] = ...,
        allow_multiple_runs: Optional[bool] = ...,
        rapl_include_dram: Optional[bool] = ...,
        rapl_prefer_psys: Optional[bool] = ...,
        metadata: Optional[Union[Mapping[str, Any], str]] = ...,
        *,
        country_iso_code: Optional[str] = ...,
        region: Optional[str] = ...,
        cloud_provider: Optional[str] = ...,
        cloud_region: Optional[str] = ...,
        country_2letter_iso_code: Optional[str] = ...,
    ) -> None: ...

class TaskEmissionsTracker:
    is_default_tracker: bool
    tracker: BaseEmissionsTracker
    task_name: str

    def __init__(self, task_name: str, tracker: Optional[BaseEmissionsTracker] = None) -> None: ...
    def __enter__(self) -> TaskEmissionsTracker: ...
    def __exit__(
        self,
        exc_type: Optional[type[BaseException]],
        exc_value: Optional[BaseException],
        tb: Optional[TracebackType],
    ) -> None: ...

@overload
def track_emissions(fn: _Function, **parameters: Any) -> _Function: ...
@overload
def track_emissions(
    fn: None = None,
    project_name: Optional[str] = ...,
    measure_power_secs: Optional[float] = ...,
    api_call_interval: Optional[int] = ...,
    api_endpoint: Optional[str] = ...,
    api_key: Optional[str] = ...,
    output_dir: Optional[_Path] = ...,
    output_file: Optional[_Path] = ...,
    output_methods: Optional[_Methods] = ...,
    save_to_file: Optional[bool] = ...,
    save_to_api: Optional[bool] = ...,
    save_to_logger: Optional[bool] = ...,
    logging_logger: Optional[LoggerOutput] = ...,
    save_to_prometheus: Optional[bool] = ...,
    save_to_logfire: Optional[bool] = ...,
    prometheus_url: Optional[str] = ...,
    output_handlers: Optional[Iterable[BaseOutput]] = ...,
    gpu_ids: Optional[_GpuIds] = ...,
    emissions_endpoint: Optional[str] = ...,
    experiment_id: Optional[str] = ...,
    experiment_name: Optional[str] = ...,
    electricitymaps_api_token: Optional[str] = ...,
    co2_signal_api_token: Optional[str] = ...,
    tracking_mode: Optional[Literal["machine", "process"]] = ...,
    log_level: Optional[Union[str, int]] = ...,
    on_csv_write: Optional[Literal["append", "update"]] = ...,
    logger_preamble: Optional[str] = ...,
    offline: bool = ...,
    country_iso_code: Optional[str] = ...,
    region: Optional[str] = ...,
    cloud_provider: Optional[str] = ...,
    cloud_region: Optional[str] = ...,
    country_2letter_iso_code: Optional[str] = ...,
    force_cpu_power: Optional[float] = ...,
    force_ram_power: Optional[float] = ...,
    pue: Optional[float] = ...,
    wue: Optional[float] = ...,
    force_carbon_intensity_g_co2e_kwh: Optional[float] = ...,
    allow_multiple_runs: Optional[bool] = ...,
    rapl_include_dram: Optional[bool] = ...,
    rapl_prefer_psys: Optional[bool] = ...,
    force_mode_cpu_load: Optional[bool] = ...,
    metadata: Optional[Union[Mapping[str, Any], str]] = ...,
) -> Callable[[_Function], _Function]: ...
@overload
def track_task_emissions(fn: _Function) -> _Function: ...
@overload
def track_task_emissions(
    fn: None = None, tracker: Optional[BaseEmissionsTracker] = None, task_name: str = ""
) -> Callable[[_Function], _Function]: ...
