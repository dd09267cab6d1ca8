"""Files, variables and arguments: which wins, and what values become."""

import logging
import os

from codecarbon import EmissionsTracker, OfflineEmissionsTracker
from codecarbon.core.config import (
    clean_env_key,
    get_hierarchical_config,
    normalize_gpu_ids,
    parse_env_config,
    parse_gpu_ids,
)
from harness import attempt, levels_of, lines


def _conf(**parameters):
    parameters = {"log_level": "critical", "output_methods": [], **parameters}
    return OfflineEmissionsTracker(**parameters)._conf


def _file(path, text):
    with open(path, "w") as file:
        file.write(text)


def built_in_values():
    conf = OfflineEmissionsTracker()._conf
    return {
        name: conf[name]
        for name in (
            "project_name", "measure_power_secs", "api_call_interval", "api_endpoint", "output_dir",
            "output_file", "prometheus_url", "emissions_endpoint", "experiment_id",
            "experiment_name", "electricitymaps_api_token", "tracking_mode", "log_level",
            "on_csv_write", "logger_preamble", "force_cpu_power", "force_ram_power", "pue", "wue",
            "force_carbon_intensity_g_co2e_kwh", "force_mode_cpu_load", "allow_multiple_runs",
            "rapl_include_dram", "rapl_prefer_psys", "metadata", "gpu_ids", "country_iso_code",
            "region", "cloud_provider", "cloud_region", "country_2letter_iso_code", "save_to_file",
            "save_to_api", "save_to_logger", "save_to_prometheus", "save_to_logfire",
        )
    }  # fmt: skip


def key_of_the_api():
    return OfflineEmissionsTracker(log_level=50)._conf["api_key"]


_VALUES = {
    "project_name": "mine", "measure_power_secs": "2.5", "api_call_interval": "3",
    "api_endpoint": "http://127.0.0.1:9/api", "api_key": "secret", "output_file": "x.csv",
    "prometheus_url": "example.test:1", "emissions_endpoint": "http://127.0.0.1:9/x",
    "experiment_id": "exp", "experiment_name": "trial", "electricitymaps_api_token": "token",
    "tracking_mode": "process", "log_level": "critical", "on_csv_write": "update",
    "logger_preamble": "pre", "force_cpu_power": "50", "force_ram_power": "5.5", "pue": "1.5",
    "wue": "0.5", "force_carbon_intensity_g_co2e_kwh": "12", "force_mode_cpu_load": "true",
    "allow_multiple_runs": "True", "rapl_include_dram": "TRUE", "rapl_prefer_psys": "true",
    "gpu_ids": "0,1", "country_iso_code": "FRA", "region": "bretagne", "cloud_provider": "gcp",
    "cloud_region": "us-central1", "country_2letter_iso_code": "FR", "output_methods": "csv",
}  # fmt: skip


def _seen():
    conf = OfflineEmissionsTracker()._conf
    values = {name: conf[name] for name in _VALUES}
    values["output_methods"] = [getattr(m, "value", m) for m in _listed(values["output_methods"])]
    return values


def _listed(methods):
    return methods.split(",") if isinstance(methods, str) else methods


def every_setting_in_a_file():
    text = "".join(f"{name} = {value}\n" for name, value in _VALUES.items())
    _file(".codecarbon.config", f"[codecarbon]\n{text}")
    return _seen()


def every_setting_as_a_variable():
    for name, value in _VALUES.items():
        os.environ[f"CODECARBON_{name.upper()}"] = value
    return _seen()


def every_setting_as_an_argument():
    values = {
        **_VALUES, "measure_power_secs": 2.5, "api_call_interval": 3, "force_cpu_power": 50,
        "force_ram_power": 5.5, "pue": 1.5, "wue": 0.5, "force_carbon_intensity_g_co2e_kwh": 12,
        "force_mode_cpu_load": True, "allow_multiple_runs": True, "rapl_include_dram": True,
        "rapl_prefer_psys": True, "output_methods": ["csv"],
    }  # fmt: skip
    conf = OfflineEmissionsTracker(**values)._conf
    seen = {name: conf[name] for name in values}
    seen["output_methods"] = [getattr(m, "value", m) for m in seen["output_methods"]]
    return seen


def later_ones_win():
    os.mkdir("work")
    _file(".codecarbon.config", "[codecarbon]\nproject_name=home\nexperiment_name=home\npue=2\n")
    _file("work/.codecarbon.config", "[codecarbon]\nexperiment_name: here\npue: 3\n")
    os.chdir("work")
    os.environ["codecarbon_pue"] = "4"
    seen = _conf(), _conf(pue=5.0)
    return [[conf["project_name"], conf["experiment_name"], float(conf["pue"])] for conf in seen]


def none_overrides_a_file():
    _file(".codecarbon.config", "[codecarbon]\nemissions_endpoint=http://127.0.0.1:9\n")
    return [_conf()["emissions_endpoint"], _conf(emissions_endpoint=None)["emissions_endpoint"]]


def booleans():
    answers = {}
    for text in ("true", "True", "TRUE", "false", "False", "", "no", "1", "yes"):
        os.environ["CODECARBON_FORCE_MODE_CPU_LOAD"] = text
        conf = attempt(_conf)
        answers[text] = conf if isinstance(conf, str) else conf["force_mode_cpu_load"]
    return answers


def a_number_that_is_none():
    os.environ["CODECARBON_MEASURE_POWER_SECS"] = "often"
    conf = attempt(EmissionsTracker, log_level="critical", output_methods=[])
    return conf if isinstance(conf, str) else conf._conf["measure_power_secs"]


def an_unknown_key():
    _file(".codecarbon.config", "[codecarbon]\ncolour=green\nproject_name=mine\n")
    return [_conf()["project_name"], get_hierarchical_config().get("colour")]


def a_file_without_a_section():
    _file(".codecarbon.config", "project_name=mine\n")
    return attempt(EmissionsTracker, log_level="critical").__class__.__name__


def percent_in_a_file():
    _file(".codecarbon.config", "[codecarbon]\nproject_name=50% off\n")
    tracker = attempt(EmissionsTracker, log_level="critical", output_methods=[])
    return tracker if isinstance(tracker, str) else tracker._conf["project_name"]


def percent_in_a_variable():
    os.environ["CODECARBON_PROJECT_NAME"] = "50% off"
    return _conf()["project_name"]


def deprecated_token_in_a_file():
    _file(".codecarbon.config", "[codecarbon]\nco2_signal_api_token=old\n")
    logging.getLogger("codecarbon").setLevel("WARNING")
    with lines() as heard:
        tracker = OfflineEmissionsTracker(log_level="warning", output_methods=[])
    return [levels_of(heard, "deprecated"), tracker._electricitymaps_api_token]


def save_to_flags_in_a_file():
    import warnings

    _file(".codecarbon.config", "[codecarbon]\nsave_to_file=false\n")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tracker = OfflineEmissionsTracker(log_level="critical", country_iso_code="FRA")
    tracker.start()
    tracker.stop()
    return [len(caught), os.path.exists("emissions.csv")]


def visible_gpus():
    answers = []
    for cuda, rocr, given in (
        ("0,1", None, None), (None, "2", None), ("0", "2", None), ("0", None, [3]),
        ("GPU-a,GPU-b", None, None),
    ):  # fmt: skip
        for name, value in (("CUDA_VISIBLE_DEVICES", cuda), ("ROCR_VISIBLE_DEVICES", rocr)):
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        conf = _conf(**({} if given is None else {"gpu_ids": given}))
        answers.append(None if conf["gpu_ids"] is None else [str(i) for i in conf["gpu_ids"]])
    os.environ.pop("CUDA_VISIBLE_DEVICES", None)
    os.environ.pop("ROCR_VISIBLE_DEVICES", None)
    return answers


def no_visible_gpus():
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    try:
        return _conf()["gpu_ids"]
    finally:
        del os.environ["CUDA_VISIBLE_DEVICES"]


def hierarchical_config():
    _file(".codecarbon.config", "[codecarbon]\nPUE=2\nproject_name=a\n")
    os.environ["CodeCarbon_Project_Name"] = "b"
    values = get_hierarchical_config()
    values.pop("offline", None)
    return values


def variables():
    os.environ["CODECARBON_A"] = "1"
    os.environ["codecarbon_b"] = "2"
    values = parse_env_config()["codecarbon"]
    values.pop("offline", None)
    return [values, clean_env_key("CODECARBON_SOME_KEY")]


def gpu_ids():
    given = (
        None, "", "0,1,2", "[0, 1, 2", "MIG-f1e$%^", [0, 1], ["0", "GPU-abcd!"],
        [0, "MIG-f1e$%^", "1, 2", "GPU-abcd!"], 3, [1.5, 2],
    )  # fmt: skip
    return [[attempt(normalize_gpu_ids, ids), attempt(parse_gpu_ids, ids)] for ids in given]


def offline_parameters():
    conf = _conf(country_iso_code="fra", region="Île-de-France", country_2letter_iso_code="fr")
    tracker = OfflineEmissionsTracker(
        log_level="critical", region="ABC", country_2letter_iso_code="fr", output_methods=[]
    )
    return [
        conf["country_iso_code"],
        tracker._region,
        tracker._country_2letter_iso_code,
        tracker._country_iso_code,
    ]
