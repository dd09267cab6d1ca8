"""The API output against a local receiver: what arrives, what stays, and what is said."""

import json
import os
import re
import subprocess
import sys
import time

import pytest

from codecarbon import OfflineEmissionsTracker
from codecarbon.output import CodeCarbonAPIOutput

NOWHERE = "http://127.0.0.1:9"
EXPERIMENT = "5b0fa12a-3dd7-45bb-9766-cc326314d9f2"


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """A state directory of the test's own, and no proxy."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path / "state" / "codecarbon" / "spool"


@pytest.fixture
def api(receiver):
    receiver.answers["POST /runs"] = (201, {"id": "run-of-server"})
    conf = {"os": "Linux", "python_version": "3.11.7", "longitude": 2.35222, "latitude": None}
    return CodeCarbonAPIOutput(receiver.url, "experiment", "key", conf)


def sent(receiver):
    return [request.json for request in receiver.of("POST /emissions")]


def test_the_run_is_registered_with_the_first_record_and_nothing_is_left_out(receiver, record, api):
    assert api.run_id is None
    api.begin()
    api.live_out(record(), record(duration=10.9))
    api.out(record(), record(duration=2.0))
    api.exit()
    assert api.run_id == "run-of-server"
    (run,) = receiver.of("POST /runs")
    assert run.headers["x-api-token"] == "key"
    assert run.headers["Idempotency-Key"] == "run-1"
    described = run.json
    assert re.fullmatch(r"[-\d]{10}T[\d:.]+\+00:00", described.pop("timestamp"))
    assert described == {
        "experiment_id": "experiment", "os": "Linux", "python_version": "3.11.7",
        "codecarbon_version": "1", "cpu_count": 8, "cpu_model": "AMD EPYC 9654", "gpu_count": 2,
        "gpu_model": "2 x NVIDIA H100", "longitude": 2.4, "latitude": None, "region": None,
        "provider": None, "ram_total_size": 16.0, "tracking_mode": "machine", "id": "run-1",
    }  # fmt: skip
    first, second = sent(receiver)
    assert first["run_id"] == "run-of-server"
    assert (first["duration"], second["duration"]) == (10, 2)
    assert (first["duration_s"], first["emissions_sum"]) == (10.9, 0.5)
    assert first["cpu_utilization_percent"] == 0.0
    keys = [request.headers["Idempotency-Key"] for request in receiver.of("POST /emissions")]
    assert keys == [first["id"], second["id"]]
    assert receiver.connections == 1, "one connection is kept"


def test_fractions_of_seconds_are_carried_over(receiver, record, api):
    for _ in range(10):
        api.live_out(None, record(duration=1.75, emissions=1.0))
    api.exit()
    assert sum(row["duration"] for row in sent(receiver)) == 17
    assert sum(row["emissions_sum"] for row in sent(receiver)) == 10.0


def test_parts_under_a_second_wait_and_the_last_is_sent(receiver, record, api):
    for _ in range(3):
        api.live_out(None, record(duration=0.3, emissions=1.0, energy_consumed=2.0))
    api.out(None, record(duration=0.05, emissions=1.0, energy_consumed=2.0))
    api.exit()
    (row,) = sent(receiver)
    assert (row["duration"], row["emissions_sum"], row["energy_consumed"]) == (1, 4.0, 8.0)


def test_a_handler_serves_one_run_after_the_other(receiver, record, api):
    for run_id in ("run-1", "run-2"):
        api.out(None, record(run_id=run_id))
        api.exit()
    assert [run.json["id"] for run in receiver.of("POST /runs")] == ["run-1", "run-2"]


def test_a_dead_server_costs_a_line_in_the_log_and_no_record(receiver, record, state, capsys):
    output = CodeCarbonAPIOutput(NOWHERE, "experiment", "the-key", {})
    start = time.monotonic()
    output.live_out(record(), record())
    output.out(record(), record())
    output.exit()
    assert time.monotonic() - start < 3
    said = capsys.readouterr().err
    assert said.count("not sent yet") == 1
    assert "127.0.0.1:9 cannot be reached" in said
    assert "2 records" in said
    assert str(state) in said
    assert "the-key" not in said
    (spooled,) = state.iterdir()
    assert spooled.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "refuses the token (401: the reason): check api_key and experiment_id"),
        (403, "refuses the token (403: the reason)"),
        (404, "404: the reason"),
        (422, "422: the reason"),
        (429, "fewer calls (429: the reason)"),
        (500, "failed (500: the reason)"),
    ],
)
def test_a_refusal_is_said_in_the_servers_words(receiver, record, api, capsys, status, words):
    receiver.answers["POST /runs"] = (status, {"detail": "the reason"})
    api.out(None, record())
    api.exit()
    said = capsys.readouterr().err
    assert words in said
    assert "1 record (0.600 kWh)" in said


def test_without_the_spool_nothing_touches_the_disk(record, state, capsys):
    output = CodeCarbonAPIOutput(NOWHERE, "experiment", "key", {"api_spool": False})
    output.out(None, record())
    output.exit()
    assert "lost with this program" in capsys.readouterr().err
    assert not state.exists()


def test_a_place_that_cannot_be_written_is_said(receiver, record, state, capsys):
    state.parent.parent.mkdir()
    state.parent.write_text("a file in the way")
    output = CodeCarbonAPIOutput(receiver.url, "experiment", "key", {})
    receiver.answers["POST /runs"] = (201, {"id": "r"})
    output.out(None, record())
    output.exit()
    assert "cannot be written" in capsys.readouterr().err
    assert len(sent(receiver)) == 1


def test_a_setting_that_cannot_be_used_is_said_and_breaks_nothing(record, capsys):
    output = CodeCarbonAPIOutput(NOWHERE, "e", "key", {"api_timeout_secs": "soon"})
    output.out(None, record())
    output.exit()
    assert "api_timeout_secs is not a number of seconds" in capsys.readouterr().err
    assert output.run_id is None


def test_the_client_of_the_output_is_there_for_calls_of_ones_own(receiver, api):
    receiver.answers["GET /auth/check"] = (200, {"user": None})
    assert api.api.check_auth() == {"user": None}


@pytest.mark.usefixtures("clean_place")
def test_all_outputs_of_a_tracker_carry_its_run_id(receiver, machine, tmp_path):
    receiver.answers["POST /runs"] = (201, {"id": "run-of-server"})
    tracker = OfflineEmissionsTracker(
        country_iso_code="FRA", output_methods=["csv", "api"], output_dir=tmp_path,
        api_endpoint=receiver.url + "/", api_key="key", experiment_id=EXPERIMENT,
    )  # fmt: skip
    tracker.start()
    machine.add("package", 5.0)
    tracker.stop()
    (run,) = receiver.of("POST /runs")
    assert run.json["id"] == tracker.run_id
    assert run.json["experiment_id"] == EXPERIMENT
    assert sent(receiver)[0]["cpu_energy"] == tracker.final_emissions_data.cpu_energy
    assert tracker.run_id in (tmp_path / "emissions.csv").read_text()


PROGRAM = """
import os, sys
from codecarbon.output import CodeCarbonAPIOutput
from codecarbon.output_methods.emissions_data import EmissionsData
values = __import__("json").loads(sys.argv[2])
output = CodeCarbonAPIOutput(sys.argv[1], "experiment", "key", {})
for i in range(20):
    output.live_out(None, EmissionsData(**(values | {"energy_consumed": float(i + 1)})))
os.kill(os.getpid(), 9)
"""


def test_what_a_killed_program_left_goes_with_the_next_run(receiver, record, state, tmp_path):
    receiver.answers["POST /runs"] = (503, {"detail": "starting"})
    values = json.dumps(record(run_id="killed").values)
    killed = subprocess.run(
        [sys.executable, "-c", PROGRAM, receiver.url, values], capture_output=True, timeout=60
    )
    assert killed.returncode == -9, killed.stderr
    receiver.answers["POST /runs"] = (201, {"id": "run-of-server"})
    # Another process: the outbox of this one has looked for leavings already.
    again = PROGRAM.replace("os.kill(os.getpid(), 9)", "output.exit()").replace("20", "1")
    values = json.dumps(record(run_id="next").values)
    again += f"import time\nwhile os.listdir({str(state)!r}): time.sleep(0.01)\n"
    subprocess.run([sys.executable, "-c", again, receiver.url, values], check=True, timeout=60)
    energies = sorted(row["energy_consumed"] for row in sent(receiver))
    assert energies == sorted([1.0, *(float(i + 1) for i in range(20))])
    assert list(state.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_sends_its_own_and_leaves_the_parents_alone(receiver, record, api):
    api.live_out(None, record(run_id="parents"))
    pid = os.fork()
    if pid == 0:
        ok = 1
        try:
            child = CodeCarbonAPIOutput(receiver.url, "experiment", "key", {})
            child.out(None, record(run_id="childs"))
            child.exit()
            # The parent's handler is one that was never used.
            api.live_out(None, record(run_id="childs-2"))
            api.exit()
            ok = 0
        finally:
            os._exit(ok)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    api.out(None, record(run_id="parents"))
    api.exit()
    registered = sorted(run.json["id"] for run in receiver.of("POST /runs"))
    assert registered == ["childs", "childs-2", "parents"]
    assert len(sent(receiver)) == 4
