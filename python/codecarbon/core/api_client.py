"""Client of a CodeCarbon server's HTTP API.

One connection is kept. Every call takes at most 2 s. A call that the server refuses, or that does
not reach it, raises :class:`ApiError`, which is an :class:`OSError` as the errors of ``requests``
are. Nothing is tried twice here; who calls decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo

from codecarbon.core._http import Response, Server, Unreachable, json_bytes
from codecarbon.external import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codecarbon.core.schemas import ExperimentCreate, OrganizationCreate, ProjectCreate
    from codecarbon.output_methods.emissions_data import EmissionsData

__all__ = ["ApiClient", "ApiError", "get_datetime_with_timezone", "simple_utc"]

_TIMEOUT_S = 2.0
_RUN_FIELDS = (
    "os",
    "python_version",
    "codecarbon_version",
    "cpu_count",
    "cpu_model",
    "gpu_count",
    "gpu_model",
    "longitude",
    "latitude",
    "region",
    "provider",
    "ram_total_size",
    "tracking_mode",
)


class ApiError(OSError):
    """The server refused a call, or could not be reached.

    ``status`` is the HTTP status, ``None`` when there was no answer; ``answer`` is its text.
    """

    def __init__(self, message: str, status: int | None = None, answer: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.answer = answer


class simple_utc(tzinfo):
    """UTC as a time zone object; ``datetime.timezone.utc`` does the same."""

    def tzname(self, dt: datetime | None = None) -> str:
        """The name, UTC."""
        return "UTC"

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """Zero."""
        return timedelta(0)

    def dst(self, dt: datetime | None) -> timedelta:
        """Zero."""
        return timedelta(0)


def get_datetime_with_timezone() -> str:
    """Now, as ISO 8601 text with its zone."""
    return datetime.now(timezone.utc).isoformat()


class ApiClient:
    """Calls of one server for one experiment, signed by an API key or an access token.

    With ``create_run_automatically`` and an experiment the run is registered at once, described by
    ``conf``; ``run_id`` is the id that the server gave it.
    """

    run_id: str | None = None

    def __init__(
        self,
        endpoint_url: str = "https://api.codecarbon.io",
        experiment_id: str | None = None,
        api_key: str | None = None,
        access_token: str | None = None,
        conf: Mapping[str, Any] | None = None,
        create_run_automatically: bool = True,
    ) -> None:
        self.url = endpoint_url
        self.experiment_id = experiment_id
        self.api_key = api_key
        self.access_token = access_token
        self.conf = conf
        self._server = Server(endpoint_url, _TIMEOUT_S)
        if experiment_id is not None and create_run_automatically:
            self._create_run(experiment_id)

    def set_access_token(self, token: str) -> None:
        """Sign the next calls with this token, unless there is an API key."""
        self.access_token = token

    def check_auth(self) -> Any:
        """Who the server takes us for."""
        return self._request("GET", "/auth/check")

    def get_list_organizations(self) -> list[dict[str, Any]]:
        """The organisations of the user."""
        return self._request("GET", "/organizations")

    def check_organization_exists(self, organization_name: str) -> dict[str, Any] | bool:
        """The organisation of that name, or ``False``."""
        for organization in self.get_list_organizations():
            if organization["name"] == organization_name:
                return organization
        return False

    def create_organization(self, organization: OrganizationCreate) -> dict[str, Any]:
        """Make an organisation; one that has its name is returned instead."""
        existing = self.check_organization_exists(organization.name)
        if isinstance(existing, dict):
            logger.warning(f"There is an organization named {organization.name!r} already.")
            return existing
        return self._request("POST", "/organizations", _fields(organization), 201)

    def get_organization(self, organization_id: str) -> dict[str, Any]:
        """An organisation by id."""
        return self._request("GET", f"/organizations/{organization_id}")

    def update_organization(self, organization: Any) -> dict[str, Any]:
        """Change name and description of the organisation with this ``id``."""
        payload = {"name": organization.name, "description": organization.description}
        return self._request("PATCH", f"/organizations/{organization.id}", payload)

    def list_projects_from_organization(self, organization_id: str) -> list[dict[str, Any]]:
        """The projects of an organisation."""
        return self._request("GET", f"/organizations/{organization_id}/projects")

    def create_project(self, project: ProjectCreate) -> dict[str, Any]:
        """Make a project."""
        return self._request("POST", "/projects", _fields(project), 201)

    def get_project(self, project_id: str) -> dict[str, Any]:
        """A project by id."""
        return self._request("GET", f"/projects/{project_id}")

    def list_experiments_from_project(self, project_id: str) -> list[dict[str, Any]]:
        """The experiments of a project."""
        return self._request("GET", f"/projects/{project_id}/experiments")

    def set_experiment(self, experiment_id: str) -> None:
        """Choose the experiment that the next run belongs to."""
        self.experiment_id = experiment_id

    def add_experiment(self, experiment: ExperimentCreate) -> dict[str, Any]:
        """Make an experiment."""
        return self._request("POST", "/experiments", _fields(experiment), 201)

    def get_experiment(self, experiment_id: str) -> dict[str, Any]:
        """An experiment by id."""
        return self._request("GET", f"/experiments/{experiment_id}")

    def describe_run(self, record: EmissionsData) -> None:
        """Fill in what ``conf`` does not say about the run from a record of it."""
        values = record.values
        values["region"] = record.cloud_region or None
        values["provider"] = record.cloud_provider or None
        self.conf = {name: values[name] for name in _RUN_FIELDS} | dict(self.conf or {})

    def add_emission(self, carbon_emission: Mapping[str, Any]) -> bool:
        """Add an interval, given as a dict of the record's fields; ``True`` when it is there.

        The run is registered first if need be. The server counts whole seconds and no zero: an
        interval shorter than a second counts as one.
        """
        if self.run_id is None:
            if self.experiment_id is None:
                raise ValueError("experiment_id is not set: a run belongs to an experiment")
            self._create_run(self.experiment_id)
        given = carbon_emission
        payload = {
            "timestamp": get_datetime_with_timezone(),
            "run_id": self.run_id,
            "duration": max(1, int(given["duration"])),
            "emissions_sum": given["emissions"],
        }
        for name in ("emissions_rate", "cpu_power", "gpu_power", "ram_power"):
            payload[name] = given[name]
        for name in ("cpu_energy", "gpu_energy", "ram_energy", "energy_consumed"):
            payload[name] = given[name]
        for part in ("cpu", "gpu", "ram"):
            payload[f"{part}_utilization_percent"] = given.get(f"{part}_utilization_percent")
        payload["wue"] = given.get("wue", 0)
        self._request("POST", "/emissions", payload, 201)
        return True

    def _create_run(self, experiment_id: str | None) -> str:
        if experiment_id is None:
            raise ValueError("experiment_id is not set: a run belongs to an experiment")
        about = self.conf or {}
        payload: dict[str, Any] = {"timestamp": get_datetime_with_timezone()}
        payload["experiment_id"] = experiment_id
        payload.update({name: about.get(name) for name in _RUN_FIELDS})
        for name in ("longitude", "latitude"):
            payload[name] = _round_or_none(payload[name])
        run = self._request("POST", "/runs", payload, 201)
        self.run_id = run["id"]
        logger.info(
            f"The run is registered on {self.url}: run {self.run_id}, experiment {experiment_id}"
        )
        return run["id"]

    def close_experiment(self) -> None:
        """Nothing to close: a run ends with its last interval."""

    def close(self) -> None:
        """Close the kept connection; the next call opens another."""
        self._server.close()

    def _get_headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self.api_key:
            headers["x-api-token"] = self.api_key
        elif self.access_token:
            headers["Authorization"] = f"Bearer {self.access_token}"
        return headers

    def _request(
        self,
        method: str,
        path: str,
        payload: Mapping[str, Any] | None = None,
        expected_status: int = 200,
    ) -> Any:
        body = None if payload is None else json_bytes(payload)
        url = f"{self.url}{path}"
        try:
            answer = self._server.request(method, path, body, self._get_headers())
        except Unreachable as problem:
            raise ApiError(str(problem)) from problem
        if answer.status != expected_status:
            raise _refused(method, url, body, answer)
        try:
            return answer.json()
        except ValueError as problem:
            raise ApiError(f"{method} {url}: the answer is no JSON", answer.status) from problem


def _refused(method: str, url: str, body: bytes | None, answer: Response) -> ApiError:
    """Log what was asked and answered; keys and tokens are in neither."""
    sent = f" with {body.decode()}" if body else ""
    logger.error(f"ApiClient Error when calling the API on {url}{sent}")
    logger.error(
        f"ApiClient API return http code {answer.status} and answer : {answer.text[:2000]}"
    )
    if 200 <= answer.status < 300:
        message = f"Unexpected status {answer.status} from {url}"
    else:
        message = f"{method} {url}: refused with status {answer.status}: {answer.text[:500]}"
    return ApiError(message, answer.status, answer.text)


def _fields(record: Any) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in record.__match_args__}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _round_or_none(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
