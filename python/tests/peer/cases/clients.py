"""The clients of services: the API of CodeCarbon, telemetry, Electricity Maps."""

import json
import logging
import re

from codecarbon.core.api_client import ApiClient, get_datetime_with_timezone
from codecarbon.core.schemas import ExperimentCreate, OrganizationCreate, ProjectCreate
from harness import attempt, lines, receiver, record


def _client(url, **parameters):
    parameters = {"experiment_id": "exp", "api_key": "key", "conf": _CONF, **parameters}
    return ApiClient(endpoint_url=url, create_run_automatically=False, **parameters)


_CONF = {
    "os": "Linux", "python_version": "3.11.7", "codecarbon_version": "1", "cpu_count": 8,
    "cpu_model": "AMD EPYC 9654", "gpu_count": 2, "gpu_model": "2 x NVIDIA H100",
    "longitude": 2.35222, "latitude": 48.85661, "region": None, "provider": None,
    "ram_total_size": 16.0, "tracking_mode": "machine",
}  # fmt: skip


def _lines(kept):
    return [
        [
            request["line"],
            request["headers"].get("x-api-token"),
            request["headers"].get("authorization"),
            json.loads(request["body"]) if request["body"] else None,
        ]
        for request in kept
    ]


def calls():
    answers = {
        "GET /organizations": (200, [{"name": "a", "id": "1"}]),
        "POST /organizations": (201, {"id": "2", "name": "b"}),
        "POST /projects": (201, {"id": "3"}),
        "POST /experiments": (201, {"id": "4"}),
        "GET /auth/check": (200, {"user": "me"}),
    }
    with receiver(answers) as (url, kept):
        client = _client(url)
        results = [
            client.check_auth(),
            client.get_list_organizations(),
            client.check_organization_exists("a"),
            client.check_organization_exists("z"),
            client.create_organization(OrganizationCreate(name="b", description="d")),
            client.get_organization("2"),
            client.list_projects_from_organization("2"),
            client.create_project(ProjectCreate(name="p", description="d", organization_id="2")),
            client.get_project("3"),
            client.list_experiments_from_project("3"),
            client.add_experiment(
                ExperimentCreate(
                    timestamp="2026-01-01", name="e", description="d", on_cloud=False,
                    project_id="3", country_name="France", country_iso_code="FRA", region=None,
                    cloud_provider=None, cloud_region=None,
                )
            ),
            client.get_experiment("4"),
        ]  # fmt: skip
    return {"results": results, "requests": _lines(kept)}


def access_tokens():
    with receiver() as (url, kept):
        client = _client(url, api_key=None, access_token="bearer")
        client.check_auth()
        client.set_access_token("other")
        client.check_auth()
    return _lines(kept)


def runs_and_emissions():
    with receiver({"POST /runs": (201, {"id": "run-1"})}) as (url, kept):
        client = _client(url)
        created = client._create_run("exp")
        sent = client.add_emission(vars(record(duration=12.7)))
    run, emission = _lines(kept)
    is_time = bool(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", run[3].pop("timestamp")))
    emission[3].pop("timestamp")
    return {
        "created": created,
        "sent": sent,
        "run_id": client.run_id,
        "run": run,
        "is_time": is_time,
        "emission": emission,
    }


def an_emission_without_a_run():
    with receiver({"POST /runs": (201, {"id": "run-1"})}) as (url, kept):
        client = _client(url)
        sent = client.add_emission(vars(record()))
    return [sent, [line[0] for line in _lines(kept)]]


def an_emission_of_less_than_a_second():
    with receiver({"POST /runs": (201, {"id": "run-1"})}) as (url, kept):
        client = _client(url)
        client._create_run("exp")
        sent = client.add_emission(vars(record(duration=0.4)))
    return [sent, [line[0] for line in _lines(kept)]]


def refusals():
    logging.getLogger("codecarbon").setLevel("INFO")
    heard_of = {}
    for status in (200, 401, 404, 500):
        with receiver({"POST /projects": (status, {"detail": "no"})}) as (url, _), lines() as heard:
            project = ProjectCreate(name="p", description="d", organization_id="2")
            answer = attempt(_client(url).create_project, project)
        heard_of[status] = [answer, any(level == "ERROR" for level, _ in heard)]
    return heard_of


def refusals_are_os_errors():
    with receiver({"GET /auth/check": (401, {})}) as (url, _):
        try:
            _client(url).check_auth()
        except OSError:
            return True


def times():
    return bool(
        re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*[+-]\d\d:\d\d$", get_datetime_with_timezone())
    )


def electricity_maps():
    from codecarbon.core import electricitymaps_api
    from codecarbon.core.units import Energy
    from codecarbon.external.geography import GeoMetadata

    geo = GeoMetadata("FRA", "France", None, 48.1, -1.7, "FR")
    with receiver({"GET /latest": (200, {"carbonIntensity": 58.0})}) as (url, kept):
        electricitymaps_api.URL = f"{url}/latest"
        emissions = electricitymaps_api.get_emissions(Energy(10.0), geo, "token")
    (request,) = kept
    query = sorted(request["line"].split("?")[1].removesuffix(" HTTP/1.1").split("&"))
    return [round(emissions, 9), query, request["headers"]["auth-token"]]


def electricity_maps_refuses():
    from codecarbon.core import electricitymaps_api
    from codecarbon.core.units import Energy
    from codecarbon.external.geography import GeoMetadata

    geo = GeoMetadata("DEU", "Germany", None, 52.5, 13.4, "DE")
    with receiver({"GET /refused": (401, {"error": "no"})}) as (url, _):
        electricitymaps_api.URL = f"{url}/refused"
        return attempt(electricitymaps_api.get_emissions, Energy(10.0), geo, "token")


def telemetry():
    from codecarbon.core.telemetry_client import TelemetryClient
    from codecarbon.core.telemetry_schemas import TelemetryLevel

    levels = [level.value for level in TelemetryLevel]
    return [levels, TelemetryClient.__name__]
