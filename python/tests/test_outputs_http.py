"""Outputs and clients that send over HTTP, against a local receiver."""

import re

import pytest

from codecarbon.core.api_client import ApiClient, ApiError, get_datetime_with_timezone, simple_utc
from codecarbon.core.schemas import ExperimentCreate, OrganizationCreate, ProjectCreate
from codecarbon.core.telemetry_client import TelemetryClient
from codecarbon.core.telemetry_schemas import MINIMAL_TELEMETRY_FIELDS, TelemetryCreate
from codecarbon.output import HTTPOutput

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


# The client of the CodeCarbon API; the output that sends runs is in test_outputs_api.py.


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
