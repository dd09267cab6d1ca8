"""What can be imported from where, and what classes and functions take."""

import importlib
import inspect

_NAMES = {
    "codecarbon": "EmissionsTracker OfflineEmissionsTracker track_emissions OutputMethod __version__ "
    "__app_name__ __all__",
    "codecarbon.emissions_tracker": "BaseEmissionsTracker EmissionsTracker OfflineEmissionsTracker "
    "TaskEmissionsTracker track_emissions track_task_emissions EmissionsData BaseOutput OutputMethod "
    "Energy Power Time Water CPU GPU RAM AppleSiliconChip DataSource Lock PeriodicScheduler Task "
    "logger set_logger_format set_logger_level get_hierarchical_config normalize_gpu_ids count_cpus "
    "count_physical_cpus suppress",
    "codecarbon.output": "BaseOutput OutputMethod BoAmpsOutput EmissionsData TaskEmissionsData "
    "FileOutput HTTPOutput CodeCarbonAPIOutput LoggerOutput GoogleCloudLoggerOutput LogfireOutput "
    "PrometheusOutput",
    "codecarbon.output_methods.base_output": "BaseOutput OutputMethod",
    "codecarbon.output_methods.emissions_data": "EmissionsData TaskEmissionsData",
    "codecarbon.output_methods.file": "FileOutput",
    "codecarbon.output_methods.http": "HTTPOutput CodeCarbonAPIOutput",
    "codecarbon.output_methods.logger": "LoggerOutput GoogleCloudLoggerOutput",
    "codecarbon.output_methods.metrics.prometheus": "PrometheusOutput",
    "codecarbon.output_methods.metrics.logfire": "LogfireOutput",
    "codecarbon.output_methods.metrics.metric_docs": "MetricDocumentation",
    "codecarbon.output_methods.boamps": "BoAmpsOutput map_emissions_to_boamps BoAmpsReport Header "
    "Publisher Task Algorithm Dataset Measure System Software Infrastructure Hardware Environment",
    "codecarbon.output_methods.boamps.mapper": "BOAMPS_FORMAT_VERSION map_emissions_to_boamps",
    "codecarbon.output_methods.boamps.models": "snake_to_camel camel_to_snake BoAmpsReport",
    "codecarbon.output_methods.boamps.output": "BoAmpsOutput",
    "codecarbon.input": "DataSource DataSourceException",
    "codecarbon.lock": "Lock LOCKFILE",
    "codecarbon.external.geography": "GeoMetadata CloudMetadata",
    "codecarbon.external.hardware": "BaseHardware CPU GPU AppleSiliconChip MODE_CPU_LOAD "
    "POWER_CONSTANT CONSUMPTION_PERCENTAGE_CONSTANT B_TO_GB",
    "codecarbon.external.ram": "RAM RAM_SLOT_POWER_X86",
    "codecarbon.external.scheduler": "PeriodicScheduler",
    "codecarbon.external.task": "Task",
    "codecarbon.external.logger": "logger set_logger_level set_logger_format",
    "codecarbon.core.units": "Time Energy Power EmissionsPerKWh Water",
    "codecarbon.core.api_client": "ApiClient get_datetime_with_timezone simple_utc",
    "codecarbon.core.cloud": "CLOUD_METADATA_MAPPING get_env_cloud_details",
    "codecarbon.core.config": "clean_env_key parse_env_config parse_gpu_ids normalize_gpu_ids "
    "get_hierarchical_config",
    "codecarbon.core.cpu": "TDP is_rapl_available is_powergadget_available is_psutil_available "
    "DEFAULT_POWER_PER_CORE IntelRAPL IntelPowerGadget",
    "codecarbon.core.electricitymaps_api": "get_emissions URL ELECTRICITYMAPS_API_TIMEOUT "
    "ElectricityMapsAPIError",
    "codecarbon.core.emissions": "Emissions",
    "codecarbon.core.gpu": "AllGPUDevices is_gpu_details_available is_nvidia_system is_rocm_system "
    "PYNVML_AVAILABLE AMDSMI_AVAILABLE pynvml amdsmi NvidiaGPUDevice AMDGPUDevice",
    "codecarbon.core.gpu_device": "GPUDevice",
    "codecarbon.core.gpu_nvidia": "is_nvidia_system",
    "codecarbon.core.gpu_amd": "is_rocm_system",
    "codecarbon.core.hardware_cache": "clear_cache get_cached_tdp make_key capture apply "
    "get_or_run_setup HardwareKind",
    "codecarbon.core.powermetrics": "ApplePowermetrics is_powermetrics_available",
    "codecarbon.core.rapl": "RAPLFile",
    "codecarbon.core.resource_tracker": "ResourceTracker",
    "codecarbon.core.schemas": "EmissionCreate RunCreate ExperimentCreate OrganizationCreate "
    "ProjectCreate",
    "codecarbon.core.telemetry_client": "TelemetryClient",
    "codecarbon.core.telemetry_schemas": "TelemetryLevel",
    "codecarbon.core.util": "suppress resolve_path backup detect_cpu_model is_mac_os is_mac_arm "
    "is_windows_os is_linux_os count_cpus count_physical_cpus SLURM_JOB_ID",
    "codecarbon.core.windows_emi": "WindowsEMI",
    "codecarbon.cli.main": "main codecarbon",
}


def imports():
    return {
        f"{module}.{name}": _kind(module, name)
        for module, names in _NAMES.items()
        for name in names.split()
    }


def _kind(module, name):
    try:
        value = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        return f"raises {type(error).__name__}"
    return "callable" if callable(value) else "value"


def star():
    space = {}
    exec("from codecarbon import *", space)
    return sorted(name for name in space if not name.startswith("_"))


def version():
    import codecarbon

    parts = codecarbon.__version__.split(".")
    return [codecarbon.__app_name__, len(parts) >= 3, all(part.isdigit() for part in parts[:2])]


def is_typed():
    import os

    import codecarbon

    return os.path.exists(os.path.join(os.path.dirname(codecarbon.__file__), "py.typed"))


_STARS = {
    inspect.Parameter.KEYWORD_ONLY: "*",
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def _parameters(value):
    """Names in order; those by keyword only have a star, those that may be left out a mark."""
    names = []
    for parameter in inspect.signature(value).parameters.values():
        star = _STARS.get(parameter.kind, "")
        mark = "" if parameter.default is parameter.empty else "?"
        names.append(f"{star}{parameter.name}{mark}")
    return names


_TAKING = {
    "codecarbon.emissions_tracker": "EmissionsTracker TaskEmissionsTracker track_emissions "
    "track_task_emissions",
    "codecarbon.output": "FileOutput HTTPOutput CodeCarbonAPIOutput LoggerOutput "
    "GoogleCloudLoggerOutput LogfireOutput PrometheusOutput BoAmpsOutput EmissionsData "
    "TaskEmissionsData",
    "codecarbon.output_methods.boamps": "map_emissions_to_boamps",
    "codecarbon.core.units": "Time Energy Power EmissionsPerKWh Water",
    "codecarbon.core.emissions": "Emissions",
    "codecarbon.core.api_client": "ApiClient",
    "codecarbon.core.config": "clean_env_key parse_env_config parse_gpu_ids normalize_gpu_ids "
    "get_hierarchical_config",
    "codecarbon.core.cpu": "is_rapl_available",
    "codecarbon.core.util": "suppress resolve_path backup detect_cpu_model is_mac_os is_mac_arm "
    "count_cpus",
    "codecarbon.core.rapl": "RAPLFile",
    "codecarbon.core.electricitymaps_api": "get_emissions",
    "codecarbon.core.telemetry_client": "TelemetryClient",
    "codecarbon.external.geography": "GeoMetadata CloudMetadata",
    "codecarbon.external.hardware": "CPU GPU",
    "codecarbon.external.ram": "RAM",
    "codecarbon.external.scheduler": "PeriodicScheduler",
    "codecarbon.external.task": "Task",
    "codecarbon.external.logger": "set_logger_level set_logger_format",
    "codecarbon.lock": "Lock",
}


def parameters():
    answers = {}
    for module, names in _TAKING.items():
        for name in names.split():
            value = getattr(importlib.import_module(module), name)
            answers[f"{module}.{name}"] = _parameters(value)
    return answers


_METHODS = {
    "codecarbon.emissions_tracker": {
        "EmissionsTracker": "start stop flush start_task stop_task get_detected_hardware "
        "service_shutdown __enter__ __exit__",
    },
    "codecarbon.output": {
        "BaseOutput": "out live_out task_out exit",
        "FileOutput": "out task_out has_valid_headers",
        "BoAmpsOutput": "from_file from_dict",
        "EmissionsData": "compute_delta_emission toJSON",
    },
    "codecarbon.core.units": {
        "Energy": "from_power_and_time from_ujoules from_millijoules from_energy",
        "Power": "from_milli_watts from_watts from_energies_and_delay from_energy_delta_and_delay",
        "Time": "from_seconds",
        "Water": "from_litres",
    },
    "codecarbon.core.emissions": {
        "Emissions": "get_cloud_emissions get_private_infra_emissions get_region_emissions "
        "get_country_emissions get_cloud_country_name get_cloud_country_iso_code "
        "get_cloud_geo_region",
    },
    "codecarbon.external.geography": {
        "GeoMetadata": "from_geo_js",
        "CloudMetadata": "from_utils",
    },
    "codecarbon.external.hardware": {
        "CPU": "from_utils start monitor_power total_power measure_power_and_energy get_model "
        "description",
        "GPU": "from_utils start measure_power_and_energy total_power",
    },
    "codecarbon.external.ram": {"RAM": "measure_power_and_energy total_power start"},
    "codecarbon.external.scheduler": {"PeriodicScheduler": "start stop"},
    "codecarbon.core.rapl": {"RAPLFile": "start delta"},
    "codecarbon.core.gpu": {
        "AllGPUDevices": "start get_gpu_static_info get_gpu_details get_gpu_utilization_list "
        "get_delta",
    },
    "codecarbon.lock": {"Lock": "acquire release"},
}


def methods():
    answers = {}
    for module, classes in _METHODS.items():
        for cls, names in classes.items():
            value = getattr(importlib.import_module(module), cls)
            for name in names.split():
                method = getattr(value, name, None)
                answers[f"{cls}.{name}"] = None if method is None else _parameters(method)
    return answers
