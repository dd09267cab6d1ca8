"""BoAmps reports: what the record gives, what the user adds, and the file."""

import json
from pathlib import Path

import jsonschema
import pytest

from codecarbon.output_methods.boamps import (
    BoAmpsAlgorithm,
    BoAmpsDataset,
    BoAmpsHardware,
    BoAmpsHeader,
    BoAmpsOutput,
    BoAmpsPublisher,
    BoAmpsReport,
    BoAmpsTask,
    map_emissions_to_boamps,
    mapper,
)
from codecarbon.output_methods.boamps.models import camel_to_snake, snake_to_camel
from codecarbon.output_methods.emissions_data import EmissionsData

SHARED = Path(__file__).parents[2] / "crates/carbon-outputs/tests/boamps"

TASK = BoAmpsTask(
    task_stage="training",
    task_family="text",
    nb_request=3,
    algorithms=[BoAmpsAlgorithm(algorithm_name="bert", epochs_number=2)],
    dataset=[BoAmpsDataset(data_usage="input", data_quantity=10)],
)


def is_valid(report):
    schema = json.loads((SHARED / "schema.json").read_text())
    return jsonschema.Draft4Validator(schema).is_valid(report)


CASES = sorted(path.stem for path in SHARED.glob("*.json") if path.stem != "schema")


@pytest.mark.parametrize("name", CASES)
def test_every_shared_case_gives_its_report_and_the_schema_agrees(name, monkeypatch, tmp_path):
    case = json.loads((SHARED / f"{name}.json").read_text())
    model = case["record"]["cpu_model"] if case["processors"] else "another"
    monkeypatch.setattr(mapper, "detect_cpu_model", lambda: model)
    monkeypatch.setattr(mapper, "count_physical_cpus", lambda: case["processors"])
    total = EmissionsData(**case["record"])
    text, faults = mapper.report_text(total, case["context"].get("boamps", case["context"]))
    assert json.loads(text) == case["report"]
    assert faults == case["faults"]
    assert is_valid(json.loads(text)) == (not faults)
    output = BoAmpsOutput.from_dict(case["context"].get("boamps", case["context"]), tmp_path)
    assert mapper.report_text(total, output._context) == (text, faults)


def test_the_schema_refuses_each_fault_by_itself():
    names = {
        error.json_path
        for error in jsonschema.Draft4Validator(
            json.loads((SHARED / "schema.json").read_text())
        ).iter_errors(json.loads((SHARED / "wrong_values.json").read_text())["report"])
    }
    assert {"$.quality", "$.task", "$.task.nbRequest", "$.header.publisher"} <= names
    assert len(CASES) >= 4


@pytest.mark.parametrize(
    ("snake", "camel"),
    [
        ("format_version_specification_uri", "formatVersionSpecificationUri"),
        ("nb_component", "nbComponent"),
        ("os", "os"),
    ],
)
def test_names_change_their_case_both_ways(snake, camel):
    assert snake_to_camel(snake) == camel
    assert camel_to_snake(camel) == snake


def test_capitals_in_a_row_are_one_word():
    assert camel_to_snake("nbGPU") == "nb_gpu"


def test_the_record_fills_what_it_knows(record):
    report = map_emissions_to_boamps(
        record(cpu_utilization_percent=41.23456, gpu_utilization_percent=50.0), TASK
    ).to_dict()
    assert report == {
        "header": {
            "formatVersion": "0.1",
            "formatVersionSpecificationUri": mapper.BOAMPS_FORMAT_SPEC_URI,
            "reportId": "run-1",
            "reportDatetime": "2026-11-22 10:00:00",
        },
        "task": {
            "taskStage": "training",
            "taskFamily": "text",
            "nbRequest": 3,
            "algorithms": [{"algorithmName": "bert", "epochsNumber": 2}],
            "dataset": [{"dataUsage": "input", "dataQuantity": 10}],
        },
        "measures": [
            {
                "measurementMethod": "codecarbon",
                "version": "1",
                "averageUtilizationCpu": 0.4123,
                "averageUtilizationGpu": 0.5,
                "powerConsumption": 0.6,
                "measurementDuration": 10.0,
                "measurementDateTime": "2026-11-22 09:59:50",
            }
        ],
        "system": {"os": "Linux"},
        "software": {"language": "python", "version": "3.11.7"},
        "infrastructure": {
            "infraType": "onPremise",
            "components": [
                {"componentName": "AMD EPYC 9654", "componentType": "cpu", "nbComponent": 1},
                {"componentName": "2 x NVIDIA H100", "componentType": "gpu", "nbComponent": 2},
                {"componentType": "ram", "nbComponent": 1, "memorySize": 16},
            ],
        },
        "environment": {"country": "France", "latitude": 48.9, "longitude": 2.4},
    }


def test_processors_of_this_machine_are_counted_and_not_guessed(record, monkeypatch):
    monkeypatch.setattr(mapper, "detect_cpu_model", lambda: "AMD EPYC 9654")
    monkeypatch.setattr(mapper, "count_physical_cpus", lambda: 2)
    components = map_emissions_to_boamps(record(), TASK).infrastructure.components
    assert components[0].nb_component == 2


def test_a_machine_without_gpu_has_no_gpu_figures(record):
    report = map_emissions_to_boamps(record(gpu_count=0, gpu_utilization_percent=9.0), TASK)
    assert report.measures[0].average_utilization_gpu is None
    assert [c.component_type for c in report.infrastructure.components] == ["cpu", "ram"]


@pytest.mark.parametrize("cloud", [{"on_cloud": "Y"}, {"cloud_provider": "aws"}])
def test_a_cloud_is_a_public_cloud(record, cloud):
    infrastructure = map_emissions_to_boamps(record(**cloud), TASK).infrastructure
    assert infrastructure.infra_type == "publicCloud"
    assert infrastructure.cloud_provider == (cloud.get("cloud_provider"))


def test_what_the_user_says_wins_and_the_rest_is_filled_in(record):
    report = map_emissions_to_boamps(
        record(),
        TASK,
        header=BoAmpsHeader(licensing="CC0", format_version="9", publisher=BoAmpsPublisher("me")),
        quality="high",
        infra_overrides={
            "infra_type": "privateCloud",
            "cloudInstance": "p4",
            "components": [
                BoAmpsHardware(component_type="cpu", manufacturer="AMD"),
                {"componentType": "tpu", "nbComponent": 3},
                {"componentType": "ram", "memorySize": 99},
            ],
        },
        environment_overrides={"location": "paris", "power_source": "solar"},
    ).to_dict()
    assert report["header"]["formatVersion"] == "9"
    assert report["header"]["reportId"] == "run-1"
    assert report["header"]["publisher"] == {"name": "me"}
    assert report["quality"] == "high"
    infrastructure = report["infrastructure"]
    assert (infrastructure["infraType"], infrastructure["cloudInstance"]) == ("privateCloud", "p4")
    assert infrastructure["components"] == [
        {
            "componentName": "AMD EPYC 9654",
            "componentType": "cpu",
            "nbComponent": 1,
            "manufacturer": "AMD",
        },
        {"componentType": "tpu", "nbComponent": 3},
        {"componentType": "ram", "nbComponent": 1, "memorySize": 99},
        {"componentName": "2 x NVIDIA H100", "componentType": "gpu", "nbComponent": 2},
    ]
    assert report["environment"]["country"] == "France"
    assert report["environment"]["powerSource"] == "solar"


def test_a_report_reads_back_as_it_was_written(record):
    report = map_emissions_to_boamps(record(), TASK, BoAmpsHeader(publisher=BoAmpsPublisher("me")))
    again = BoAmpsReport.from_dict(json.loads(json.dumps(report.to_dict())))
    assert again == report
    assert again.to_dict() == report.to_dict()
    assert BoAmpsReport().to_dict() == {}


def test_an_unknown_name_is_refused():
    with pytest.raises(TypeError, match="foo"):
        BoAmpsHeader.from_dict({"foo": 1})
    with pytest.raises(TypeError, match="mood"):
        BoAmpsOutput(environment_overrides={"mood": "good"})


def test_a_report_without_a_task_warns(record):
    with pytest.warns(UserWarning, match="without a task"):
        assert map_emissions_to_boamps(record()).task is None


def test_each_run_has_its_file(record, tmp_path):
    output = BoAmpsOutput(tmp_path / "deep" / "reports", task=TASK)
    output.live_out(record(), record())
    assert output.save_file_path is None
    output.out(record(), record())
    output.out(record(duration=20.0), record())
    path = tmp_path / "deep" / "reports" / "boamps_report_run-1.json"
    assert output.save_file_path == str(path)
    assert json.loads(path.read_text())["measures"][0]["measurementDuration"] == 20.0
    assert path.read_text().startswith('{\n  "header"')
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_the_context_may_be_a_file(record, tmp_path):
    context = {
        "task": {"taskStage": "inference", "taskFamily": "image"},
        "header": {"licensing": "l", "publisher": {"name": "n"}},
        "quality": "low",
        "infrastructure": {
            "infraType": "x",
            "components": [{"componentType": "cpu", "family": "f"}],
        },
        "environment": {"powerSource": "wind"},
        "system": {"os": "known better", "distribution": "debian"},
        "measures": [{"cpuTrackingMode": "rapl", "powerConsumption": 99}],
    }
    (tmp_path / "context.json").write_text(json.dumps(context))
    output = BoAmpsOutput.from_file(tmp_path / "context.json", tmp_path)
    output.out(record(), record())
    report = json.loads((tmp_path / "boamps_report_run-1.json").read_text())
    assert report["task"] == context["task"]
    assert report["header"]["publisher"] == {"name": "n"}
    assert report["infrastructure"]["components"][0]["family"] == "f"
    assert report["environment"]["powerSource"] == "wind"
    assert report["system"] == {"os": "Linux", "distribution": "debian"}
    assert report["measures"][0]["cpuTrackingMode"] == "rapl"
    assert report["measures"][0]["powerConsumption"] == 0.6
    with pytest.raises(FileNotFoundError, match=r"nope\.json"):
        BoAmpsOutput.from_file("nope.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(json.JSONDecodeError):
        BoAmpsOutput.from_file(tmp_path / "bad.json")


def test_what_keeps_a_report_from_being_valid_is_logged_once(record, tmp_path, capsys):
    output = BoAmpsOutput(tmp_path, task=BoAmpsTask(task_stage="training"))
    output.out(record(), record())
    output.out(record(), record())
    said = capsys.readouterr().err
    assert said.count("is not complete: task.taskFamily is missing, task.algorithms is") == 1
    report = json.loads((tmp_path / "boamps_report_run-1.json").read_text())
    assert not is_valid(report)


def test_a_report_without_a_task_is_written_before_it_is_complained_of(record, tmp_path):
    with pytest.warns(UserWarning, match="without a task"):
        BoAmpsOutput(tmp_path).out(record(), record())
    assert (tmp_path / "boamps_report_run-1.json").exists()


def test_a_context_with_an_unknown_name_is_refused(tmp_path):
    for context in ({"measures": [{"mood": 1}]}, {"software": {"mood": 1}}):
        with pytest.raises(TypeError, match="mood"):
            BoAmpsOutput.from_dict(context, tmp_path)


def test_a_report_that_cannot_be_written_is_logged(record, tmp_path, capsys):
    output = BoAmpsOutput(tmp_path / "gone", task=TASK)
    (tmp_path / "gone").rmdir()
    output.out(record(), record())
    assert "was not written" in capsys.readouterr().err
