"""Outputs and clients that send over HTTP, against a local receiver."""

import re

import pytest

from codecarbon.core.api_client import ApiClient, ApiError, get_datetime_with_timezone, simple_utc
from codecarbon.core.schemas import ExperimentCreate, OrganizationCreate, ProjectCreate
from codecarbon.core.telemetry_client import TelemetryClient
from codecarbon.core.telemetry_schemas import MINIMAL_TELEMETRY_FIELDS, TelemetryCreate
from codecarbon.output import CodeCarbonAPIOutput, HTTPOutput

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


# The user's own endpoint.


def test_a_record_is_posted_as_json_with_coarse_coordinates_and_without_a_user(receiver, record):
    total = record(emissions_rate=float("nan"))
    HTTPOutput(f"{receiver.url}/in?key=1").out(total, total)
    (request,) = receiver.requests
    assert (request.method, request.path) == ("POST", "/in?key=1")
    assert request.headers["Content-Type"] == "application/json"
    expected = total.values | {"longitude": 2.4, "latitude": 48.9, "emissions_rate": None}
    assert request.json == expected
    HTTPOutput(receiver.url, user="me").out(total, total)
    assert receiver.requests[1].json["user"] == "me"


@pytest.mark.parametrize("status", [301, 401, 403, 422, 429, 500])
def test_a_refusal_names_status_and_answer_and_no_secret(receiver, record, capsys, status):
    receiver.answers["POST /in"] = (status, b" because " + b"x" * 1000)
    HTTPOutput(f"{receiver.url}/in?token=secret").out(record(), record())
    said = capsys.readouterr().err
    host = receiver.url.removeprefix("http://")
    assert f"status code: {status} from {host}: because {'x' * 192}\n" in said
    assert "secret" not in said
    assert len(receiver.requests) == 1


def test_faults_of_the_endpoint_are_logged_and_not_raised(receiver, record, capsys):
    receiver.answers["POST /"] = (500, b"broken")
    HTTPOutput(receiver.url).out(record(), record())
    HTTPOutput(NOWHERE).out(record(), record())
    HTTPOutput("ftp://x").out(record(), record())
    said = capsys.readouterr().err
    assert "unexpected status code: 500" in said
    assert "refused" in said
    assert "'ftp://x'" in said


# The CodeCarbon API.


@pytest.fixture
def api(receiver):
    receiver.answers["POST /runs"] = (201, {"id": "run-of-server"})
    conf = {"os": "Linux", "python_version": "3.11.7", "longitude": 2.35222, "latitude": None}
    return CodeCarbonAPIOutput(receiver.url, "experiment", "key", conf)


def sums(receiver):
    sent = [request.json for request in receiver.of("POST /emissions")]
    return (
        sum(e["duration"] for e in sent),
        sum(e["emissions_sum"] for e in sent),
        sum(e["energy_consumed"] for e in sent),
    )


def test_the_run_is_registered_with_the_first_record_and_nothing_is_left_out(receiver, record, api):
    assert api.run_id is None
    api.live_out(record(), record(duration=10.9))
    api.out(record(), record(duration=2.0))
    assert api.run_id == "run-of-server"
    (run,) = receiver.of("POST /runs")
    assert run.headers["x-api-token"] == "key"
    described = run.json
    assert re.fullmatch(r"[-\d]{10}T[\d:.]+\+00:00", described.pop("timestamp"))
    assert described == {
        "experiment_id": "experiment", "os": "Linux", "python_version": "3.11.7",
        "codecarbon_version": "1", "cpu_count": 8, "cpu_model": "AMD EPYC 9654", "gpu_count": 2,
        "gpu_model": "2 x NVIDIA H100", "longitude": 2.4, "latitude": None, "region": None,
        "provider": None, "ram_total_size": 16.0, "tracking_mode": "machine",
    }  # fmt: skip
    first, second = (request.json for request in receiver.of("POST /emissions"))
    assert first["run_id"] == "run-of-server"
    assert (first["duration"], second["duration"]) == (10, 2)
    assert first["emissions_sum"] == 0.5
    assert first["cpu_utilization_percent"] == 0.0
    assert receiver.connections == 1, "one connection is kept"


def test_fractions_of_seconds_are_carried_over(receiver, record, api):
    for _ in range(10):
        api.live_out(None, record(duration=1.75, emissions=1.0))
    assert sums(receiver)[:2] == (17, 10.0)


def test_parts_under_a_second_wait_and_the_last_is_sent(receiver, record, api):
    for _ in range(3):
        api.live_out(None, record(duration=0.3, emissions=1.0, energy_consumed=2.0))
    assert receiver.requests == []
    api.live_out(None, record(duration=0.3, emissions=1.0, energy_consumed=2.0))
    assert sums(receiver) == (1, 4.0, 8.0)
    api.out(None, record(duration=0.1, emissions=1.0, energy_consumed=2.0))
    assert sums(receiver) == (2, 5.0, 10.0)


def test_what_fails_goes_with_the_next_record(receiver, record, api, capsys):
    receiver.answers["POST /runs"] = (503, b"busy")
    api.live_out(None, record(duration=5.0, emissions=1.0, cpu_power=10.0))
    receiver.answers["POST /runs"] = (201, {"id": "late"})
    receiver.answers["POST /emissions"] = (500, b"broken")
    api.live_out(None, record(duration=5.0, emissions=2.0, cpu_power=20.0))
    del receiver.answers["POST /emissions"]
    api.out(None, record(duration=10.0, emissions=3.0, cpu_power=30.0))
    sent = receiver.of("POST /emissions")[-1].json
    assert (sent["duration"], sent["emissions_sum"], sent["cpu_power"]) == (20, 6.0, 22.5)
    assert sent["emissions_rate"] == pytest.approx(0.3)
    assert capsys.readouterr().err.count("kept for the next time") == 2


def test_a_server_that_closes_a_kept_connection_is_asked_again(receiver, record, api):
    api.live_out(None, record())
    api.api._server._connection.sock.shutdown(2)
    api.live_out(None, record())
    assert sums(receiver)[0] == 20


def test_a_dead_server_costs_a_line_in_the_log(record, capsys):
    output = CodeCarbonAPIOutput(NOWHERE, "experiment", "key", {})
    output.out(record(), record())
    assert "refused" in capsys.readouterr().err


def test_every_call_of_the_client_goes_where_the_api_has_it(receiver):
    client = ApiClient(receiver.url, access_token="token", create_run_automatically=False)
    receiver.answers["GET /organizations"] = (200, [{"name": "mine", "id": "o1"}])
    assert client.check_organization_exists("mine") == {"name": "mine", "id": "o1"}
    assert client.check_organization_exists("other") is False
    assert client.create_organization(OrganizationCreate("mine", "d"))["id"] == "o1"
    client.create_organization(OrganizationCreate("new", "d"))
    assert receiver.requests[-1].json == {"name": "new", "description": "d"}
    organization = OrganizationCreate("new", "other")
    organization.id = "o2"
    client.update_organization(organization)
    client.create_project(ProjectCreate("p", "d", "o2"))
    client.add_experiment(ExperimentCreate("2026-01-01", "e", "d", False, "p1"))
    client.check_auth()
    client.get_organization("o2")
    client.list_projects_from_organization("o2")
    client.get_project("p1")
    client.list_experiments_from_project("p1")
    client.get_experiment("e1")
    client.set_experiment("e2")
    assert client.experiment_id == "e2"
    assert client.close_experiment() is None
    assert [f"{r.method} {r.path}" for r in receiver.requests[4:]] == [
        "POST /organizations", "PATCH /organizations/o2", "POST /projects", "POST /experiments",
        "GET /auth/check", "GET /organizations/o2", "GET /organizations/o2/projects",
        "GET /projects/p1", "GET /projects/p1/experiments", "GET /experiments/e1",
    ]  # fmt: skip
    assert {r.headers["Authorization"] for r in receiver.requests} == {"Bearer token"}


def test_a_client_with_an_experiment_registers_its_run_at_once(receiver, record):
    receiver.answers["POST /runs"] = (201, {"id": "r"})
    client = ApiClient(receiver.url, experiment_id="e", api_key="k", conf={"os": "Linux"})
    assert client.run_id == "r"
    assert client.add_emission(record(duration=0.5).values) is True
    assert receiver.of("POST /emissions")[0].json["duration"] == 1


def test_a_run_needs_an_experiment(receiver, record):
    with pytest.raises(ValueError, match="experiment_id"):
        ApiClient(receiver.url).add_emission(record().values)


@pytest.mark.parametrize("status", [201, 401, 403, 404, 422, 429, 500])
def test_a_refusal_is_an_os_error_with_status_and_reason(receiver, status, capsys):
    receiver.answers["GET /auth/check"] = (status, {"detail": "the reason"})
    with pytest.raises(ApiError, match=str(status)) as caught:
        ApiClient(receiver.url, api_key="secret").check_auth()
    assert isinstance(caught.value, OSError)
    assert caught.value.status == status
    assert "the reason" in caught.value.answer
    if status == 201:
        assert str(caught.value).startswith("Unexpected status 201")
    said = capsys.readouterr().err
    assert "the reason" in said
    assert "secret" not in said


def test_an_unreachable_server_and_a_wrong_answer_are_os_errors_too(receiver):
    with pytest.raises(ApiError, match="refused"):
        ApiClient(NOWHERE).check_auth()
    receiver.answers["GET /auth/check"] = (200, b"<html>")
    with pytest.raises(ApiError, match="no JSON"):
        ApiClient(receiver.url).check_auth()
    with pytest.raises(ValueError, match="htp:"):
        ApiClient("htp://x")


def test_times_carry_their_zone():
    assert get_datetime_with_timezone().endswith("+00:00")
    assert simple_utc().utcoffset(None).total_seconds() == 0
    assert simple_utc().tzname() == "UTC"


# Telemetry.

MESSAGE = {"timestamp": "2026-01-01T00:00:00", "telemetry_level": "minimal", "os": "Linux"}


def test_a_message_is_sent_without_empty_fields(receiver):
    receiver.answers["POST /telemetry"] = (201, "id-1")
    assert TelemetryClient(receiver.url).add_telemetry(MESSAGE) == "id-1"
    assert TelemetryClient(receiver.url, MESSAGE).add_telemetry() == "id-1"
    assert [request.json for request in receiver.requests] == [MESSAGE, MESSAGE]


def test_a_message_that_fails_is_logged(receiver, capsys):
    receiver.answers["POST /telemetry"] = (422, b"no")
    assert TelemetryClient(receiver.url).add_telemetry(MESSAGE) is None
    assert TelemetryClient(NOWHERE).add_telemetry(MESSAGE) is None
    assert TelemetryClient(receiver.url).add_telemetry() is None
    assert "422: no" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"telemetry_level": "disabled"}, "Disabled telemetry must not be submitted"),
        ({"telemetry_level": "loud"}, "loud"),
        ({"duration_seconds": 1.0}, "extensive fields: duration_seconds"),
        ({"mood": "good"}, "unknown fields: mood"),
        ({"latitude": 91}, "latitude = 91 is not a number from -90 to 90"),
        ({"country_iso_code": "FRANCE"}, "country_iso_code"),
        ({"cpu_count": -1}, "cpu_count"),
        ({"os": 3}, "os = 3 is not a text"),
        ({"telemetry_level": "extensive", "has_torch": "yes"}, "has_torch"),
        ({"telemetry_level": "extensive", "output_methods": "csv"}, "output_methods"),
    ],
)
def test_a_wrong_message_is_refused_by_name(changes, reason, receiver):
    with pytest.raises(ValueError, match=re.escape(reason)):
        TelemetryClient(receiver.url).add_telemetry(MESSAGE | changes)
    assert receiver.requests == []


def test_the_minimal_level_holds_the_environment():
    assert len(MINIMAL_TELEMETRY_FIELDS) == 27
    message = TelemetryCreate(**MESSAGE, cpu_count="3")
    assert message.cpu_count == 3
    assert message.model_dump()["gpu_model"] is None
