"""Parameters, variables and files: what wins, what is refused, what is said."""

import json
import pathlib
import uuid

import pytest
from tracking import FRANCE

from codecarbon import EmissionsTracker, OfflineEmissionsTracker, OutputMethod

pytestmark = pytest.mark.usefixtures("clean_place")

QUIET = {"log_level": "critical", "output_methods": []}


def tracker(**parameters):
    return EmissionsTracker(**(QUIET | parameters))


def test_home_file_working_file_variable_and_argument_in_that_order(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    keys = ["project_name", "experiment_name", "pue", "wue"]
    (home / ".codecarbon.config").write_text(
        "[codecarbon]\nproject_name = home\nexperiment_name = home\npue = 1.1\nwue = 1\n"
    )
    (tmp_path / ".codecarbon.config").write_text(
        "[codecarbon]\nexperiment_name: here\npue = 1.2\nwue = 2\n"
    )
    monkeypatch.setenv("CODECARBON_PUE", "1.3")
    monkeypatch.setenv("codecarbon_wue", "3")
    conf = tracker(wue=4)._conf
    assert [conf[key] for key in keys] == ["home", "here", 1.3, 4.0]


def test_a_changed_variable_is_seen(monkeypatch):
    assert tracker()._conf["pue"] == 1.0
    monkeypatch.setenv("CODECARBON_PUE", "2")
    assert tracker()._conf["pue"] == 2.0


def test_none_overrules_a_file_with_the_default(monkeypatch):
    monkeypatch.setenv("CODECARBON_FORCE_CPU_POWER", "100")
    monkeypatch.setenv("CODECARBON_MEASURE_POWER_SECS", "5")
    assert tracker()._conf["force_cpu_power"] == 100
    conf = tracker(force_cpu_power=None, measure_power_secs=None)._conf
    assert (conf["force_cpu_power"], conf["measure_power_secs"]) == (None, 15.0)


def test_values_have_their_types():
    class Watts(float):
        pass

    conf = tracker(
        project_name="p",
        measure_power_secs=5,
        output_dir=pathlib.Path("."),
        experiment_id=uuid.UUID(int=1),
        force_cpu_power=Watts(42),
        gpu_ids=[0, "GPU-1, 2"],
        output_methods=[OutputMethod.CSV, "api"],
        allow_multiple_runs=True,
        api_key="k",
    )._conf
    assert conf["measure_power_secs"] == 5.0
    assert conf["output_dir"] == "."
    assert conf["experiment_id"] == str(uuid.UUID(int=1))
    assert conf["force_cpu_power"] == 42.0
    assert conf["gpu_ids"] == ["0", "GPU-1", "2"]
    assert conf["output_methods"] == ["csv", "api"]
    assert conf["allow_multiple_runs"] is True


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("measure_power_secs", "often", "a number of seconds"),
        ("measure_power_secs", 0, "at least 0.001"),
        ("tracking_mode", "galaxy", '"machine" or "process"'),
        ("on_csv_write", "never", '"append" or "update"'),
        ("output_methods", ["paper"], "csv, api, logger"),
        ("pue", 0.5, "at least 1"),
        ("wue", -1, "at least 0"),
        ("force_cpu_power", "strong", "watts"),
        ("allow_multiple_runs", "perhaps", "true or false"),
        ("api_call_interval", 1.5, "whole number"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(name, value, allowed):
    with pytest.raises(ValueError) as raised:
        tracker(**{name: value})
    assert name in str(raised.value) and allowed in str(raised.value)


def test_a_bad_variable_or_file_is_named_with_its_place(tmp_path, monkeypatch):
    monkeypatch.setenv("CODECARBON_PUE", "much")
    with pytest.raises(ValueError, match="environment variable CODECARBON_PUE"):
        tracker()
    tracker(pue=1)
    monkeypatch.delenv("CODECARBON_PUE")
    (tmp_path / ".codecarbon.config").write_text("[codecarbon]\n\nwue = much\n")
    with pytest.raises(ValueError, match=r"\.codecarbon\.config:3"):
        tracker()


def test_an_unknown_parameter_is_refused_with_a_hint():
    with pytest.raises(TypeError, match="'mesure_power_secs'; did you mean 'measure_power_secs'"):
        EmissionsTracker(mesure_power_secs=1)
    with pytest.raises(TypeError, match="OfflineEmissionsTracker takes it"):
        EmissionsTracker(country_iso_code="FRA")
    with pytest.raises(TypeError, match="multiple values for argument 'project_name'"):
        EmissionsTracker("a", project_name="b")
    with pytest.raises(TypeError, match="project_name takes text"):
        tracker(project_name=object())


def test_positional_arguments_are_in_the_documented_order():
    conf = EmissionsTracker("mine", 3, 4, log_level="critical", output_methods=[])._conf
    assert (conf["project_name"], conf["measure_power_secs"], conf["api_call_interval"]) == (
        "mine",
        3.0,
        4,
    )


def test_an_output_directory_must_exist(tmp_path):
    with pytest.raises(OSError, match="doesn't exist !"):
        OfflineEmissionsTracker(output_dir=tmp_path / "no", log_level="critical")
    OfflineEmissionsTracker(output_dir=tmp_path / "no", **QUIET)


def test_save_to_flags_work_and_warn_at_the_callers_line():
    with pytest.warns(DeprecationWarning, match="output_methods") as caught:
        made = EmissionsTracker(save_to_file=False, log_level="critical")
    assert caught[0].filename == __file__
    assert made._conf["output_methods"] == []
    with pytest.warns(DeprecationWarning):
        made = EmissionsTracker(save_to_file=False, save_to_logger=True, log_level="critical")
    assert made._save_to_logger is True and made._save_to_file is False


def test_flags_in_a_file_need_no_python_warning(tmp_path):
    (tmp_path / ".codecarbon.config").write_text("[codecarbon]\nsave_to_file = False\n")
    assert EmissionsTracker(log_level="critical")._conf["save_to_file"] is False


def test_the_former_name_of_the_token_works_and_is_called_deprecated(capfd):
    made = EmissionsTracker(co2_signal_api_token="t", log_level="warning", output_methods=[])
    said = capfd.readouterr().err
    assert "deprecated" in said and "has no effect" not in said
    assert made._electricitymaps_api_token == "t"
    made = tracker(co2_signal_api_token="old", electricitymaps_api_token="new")
    assert made._electricitymaps_api_token == "new"


@pytest.mark.parametrize("value", [-1, "green"])
def test_a_forced_intensity_that_is_none_is_passed_over(value, capfd):
    made = EmissionsTracker(
        force_carbon_intensity_g_co2e_kwh=value, log_level="warning", output_methods=[]
    )
    assert made.force_carbon_intensity_g_co2e_kwh is None
    assert "Invalid value for force_carbon_intensity_g_co2e_kwh" in capfd.readouterr().err


def test_a_forced_intensity_of_zero_counts():
    assert tracker(force_carbon_intensity_g_co2e_kwh=0).force_carbon_intensity_g_co2e_kwh == 0.0


def test_an_unknown_key_in_a_file_is_said(tmp_path, capfd):
    (tmp_path / ".codecarbon.config").write_text("[codecarbon]\nprojekt_name = x\n")
    EmissionsTracker(log_level="warning", output_methods=[])
    assert "did you mean project_name?" in capfd.readouterr().err


def test_the_users_list_of_outputs_is_left_alone():
    handlers = []
    OfflineEmissionsTracker(output_handlers=handlers, log_level="critical", country_iso_code="FRA")
    assert handlers == []


def test_the_logger_method_without_a_logger_is_an_error_in_the_log(capfd):
    made = EmissionsTracker(output_methods=["logger"], log_level="error")
    assert "needs a logging_logger" in capfd.readouterr().err
    with made:
        pass
    assert made.final_emissions is not None


def test_an_endpoint_and_the_logger_get_the_record(receiver):
    import logging

    from codecarbon.output import LoggerOutput

    lines = []

    class Handler(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())

    logger = logging.Logger("mine", logging.INFO)
    logger.addHandler(Handler())
    made = OfflineEmissionsTracker(
        **(FRANCE | {"output_methods": [OutputMethod.LOGGER]}),
        logging_logger=LoggerOutput(logger),
        emissions_endpoint=receiver.url + "/emissions",
    )
    with made:
        pass
    (request,) = receiver.of("POST /emissions")
    assert request.json["run_id"] == made.run_id
    assert made.run_id in lines[0]


@pytest.mark.parametrize("is_in_file", [False, True])
def test_metadata_go_into_the_boamps_report(tmp_path, is_in_file):
    context = {"boamps": {"task": {"taskStage": "training", "taskFamily": "mine"}}}
    parameters = {"metadata": context}
    if is_in_file:
        (tmp_path / "context.json").write_text(json.dumps(context))
        (tmp_path / ".codecarbon.config").write_text("[codecarbon]\nmetadata = context.json\n")
        parameters = {}
    methods = {"output_methods": [OutputMethod.BOAMPS], "log_level": "critical"}
    with OfflineEmissionsTracker(country_iso_code="FRA", **methods, **parameters) as made:
        pass
    report = json.loads((tmp_path / f"boamps_report_{made.run_id}.json").read_text())
    assert report["task"]["taskFamily"] == "mine"
    assert report["header"]["reportId"] == made.run_id
