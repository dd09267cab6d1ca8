"""The two records: order of fields, dataclass protocol, differences, JSON, copies."""

import copy
import dataclasses
import inspect
import json
import pickle
import subprocess
import sys

import pytest

from codecarbon.output_methods.emissions_data import EmissionsData, TaskEmissionsData

COLUMNS = """timestamp project_name run_id experiment_id duration emissions emissions_rate cpu_power
gpu_power ram_power cpu_energy gpu_energy ram_energy energy_consumed water_consumed country_name
country_iso_code region cloud_provider cloud_region os python_version codecarbon_version cpu_count
cpu_model gpu_count gpu_model longitude latitude ram_total_size tracking_mode
cpu_utilization_percent gpu_utilization_percent ram_utilization_percent ram_used_gb on_cloud pue
wue""".split()
TASK_COLUMNS = ["task_name"] + [c for c in COLUMNS if c not in ("experiment_id", "pue", "wue")]


def record(**changes):
    values = dict(zip(COLUMNS, range(31), strict=False)) | changes
    return EmissionsData(**values)


def test_fields_are_the_csv_columns_in_order():
    assert [field.name for field in dataclasses.fields(EmissionsData)] == COLUMNS
    assert list(record().values) == COLUMNS
    task = TaskEmissionsData(*range(31))
    assert [field.name for field in dataclasses.fields(task)] == TASK_COLUMNS
    assert list(task.values) == TASK_COLUMNS


def test_the_last_seven_fields_have_defaults():
    values = record().values
    assert [values[name] for name in COLUMNS[31:]] == [0.0, 0.0, 0.0, 0.0, "N", 1, 0]
    with pytest.raises(TypeError, match="tracking_mode"):
        EmissionsData(*range(30))


def test_the_dataclass_protocol_works():
    one = record()
    assert dataclasses.is_dataclass(one)
    assert dataclasses.asdict(one) == one.values
    assert dataclasses.astuple(one) == tuple(one.values.values())
    other = dataclasses.replace(one, project_name="other")
    assert (one.project_name, other.project_name) == (1, "other")
    assert one != other
    assert one.__replace__(project_name="other") == other
    assert one == record()
    assert repr(one).startswith("EmissionsData(timestamp=0, project_name=1, run_id=2,")
    match one:
        case EmissionsData(timestamp, project):
            assert (timestamp, project) == (0, 1)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))]
)
def test_copies_are_equal_and_independent(again):
    one = record()
    two = again(one)
    assert two == one
    two.emissions = 1e9
    assert two != one


def test_classes_of_users_may_derive_from_it():
    @dataclasses.dataclass
    class Extended(EmissionsData):
        cost: float = 0.0

    extended = Extended(*range(31), cost=2.5)
    assert dataclasses.asdict(extended) == record().values | {"cost": 2.5}

    class Plain(EmissionsData):
        pass

    assert Plain(*range(31)).values == record().values


def test_the_signature_names_every_field():
    parameters = inspect.signature(EmissionsData).parameters
    assert list(parameters) == COLUMNS
    assert parameters["on_cloud"].default == "N"


def test_a_delta_subtracts_what_accumulates_and_keeps_the_rest():
    earlier = record(
        duration=10.0,
        emissions=1.0,
        cpu_energy=1.0,
        gpu_energy=2.0,
        ram_energy=3.0,
        energy_consumed=6.0,
        water_consumed=1.0,
        cpu_power=5.0,
    )
    later = record(
        duration=14.0,
        emissions=3.0,
        cpu_energy=2.0,
        gpu_energy=4.0,
        ram_energy=6.0,
        energy_consumed=12.0,
        water_consumed=3.0,
        cpu_power=7.0,
        emissions_rate=9.0,
    )
    later.compute_delta_emission(earlier)
    assert (later.duration, later.emissions, later.emissions_rate) == (4.0, 2.0, 0.5)
    assert (later.cpu_energy, later.gpu_energy, later.ram_energy) == (1.0, 2.0, 3.0)
    assert (later.energy_consumed, later.water_consumed, later.cpu_power) == (6.0, 2.0, 7.0)
    later.compute_delta_emission(later)
    assert later.emissions_rate == 0


def test_json_has_sorted_keys():
    text = record(project_name="café").toJSON()
    assert list(json.loads(text)) == sorted(COLUMNS)
    assert text.splitlines()[1] == '    "cloud_provider": 18,'


def test_importing_and_making_a_record_needs_no_dataclasses_module():
    code = (
        "import sys; from codecarbon.output_methods.emissions_data import EmissionsData as E; "
        "E(*range(31)); sys.exit('dataclasses' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
