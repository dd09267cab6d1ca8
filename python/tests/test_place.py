"""Online trackers find out where they are and what electricity emits there, without delay and
without billing the waiting."""

import datetime
import os
import threading
import time
import uuid

import pytest
from tracking import QUIET, Keeper, kwh_to_joules

from codecarbon import EmissionsTracker, OfflineEmissionsTracker

pytestmark = pytest.mark.usefixtures("clean_place")


class Geo:
    """A service that says where we are, at an address of its own, slowly if wanted."""

    def __init__(self, receiver, monkeypatch):
        self.receiver = receiver
        self.path = f"/{uuid.uuid4()}.json"
        self.answer(country_code3="FRA", region="Ile-de-France", latitude="48.8566", longitude="2.3522")
        monkeypatch.setenv("CODECARBON_GEO_IP_URL", receiver.url + self.path)

    def answer(self, status=200, **fields):
        self.receiver.answers[f"GET {self.path}"] = (status, fields)

    @property
    def calls(self):
        return len(self.receiver.of(f"GET {self.path}"))


@pytest.fixture
def geo(receiver, machine, monkeypatch):
    monkeypatch.delenv("CODECARBON_OFFLINE")
    return Geo(receiver, monkeypatch)


@pytest.fixture
def slow(monkeypatch):
    """Make a server wait before it answers."""

    def wait(receiver, seconds):
        answers = receiver.answers

        class Waiting(dict):
            def get(self, key, usual=None):
                time.sleep(seconds)
                return super().get(key, usual)

        receiver.answers = Waiting(answers)

    return wait


def grid_of(**place):
    tracker = OfflineEmissionsTracker(**place, **QUIET)
    with tracker:
        pass
    return tracker.report["pricing"]["grid"]["g_per_kwh"]["value"]


def test_records_name_the_place_and_are_priced_there(geo, machine):
    keeper = Keeper()
    tracker = EmissionsTracker(output_handlers=[keeper], **QUIET)
    tracker.start()
    tracker.start_task("a")
    time.sleep(0.03)
    machine.add("package", 1.0)
    task = tracker.stop_task()
    tracker.stop()
    record = tracker.final_emissions_data
    assert (record.country_iso_code, record.country_name) == ("FRA", "France")
    assert (record.region, record.longitude, record.latitude) == ("ile-de-france", 2.4, 48.9)
    assert kwh_to_joules(record.energy_consumed) == pytest.approx(1.0)
    g_per_kwh = grid_of(country_iso_code="FRA")
    assert record.emissions == pytest.approx(record.energy_consumed * g_per_kwh / 1000)
    assert task.emissions == pytest.approx(task.energy_consumed * g_per_kwh / 1000)
    assert task.country_iso_code == "FRA"
    assert keeper.calls[0][1].country_iso_code == "FRA"
    assert tracker.report["pricing"]["grid"]["assumed"] is False
    assert tracker.report["place"]["known_by"] == "address"


def test_the_service_is_asked_once_in_a_process_and_its_answer_kept_for_the_next(geo, clean_place):
    for _ in range(3):
        with EmissionsTracker(**QUIET):
            pass
    assert geo.calls == 1
    kept = list((clean_place / ".cache/codecarbon").iterdir())
    assert len(kept) == 1
    assert kept[0].stat().st_mode & 0o777 == 0o600


def test_who_says_the_place_or_forbids_it_is_not_asked_for(geo, monkeypatch):
    with OfflineEmissionsTracker(country_iso_code="DEU", **QUIET):
        pass
    monkeypatch.setenv("CODECARBON_COUNTRY_ISO_CODE", "DEU")
    with EmissionsTracker(**QUIET) as tracker:
        pass
    assert tracker.final_emissions_data.country_iso_code == "DEU"
    monkeypatch.delenv("CODECARBON_COUNTRY_ISO_CODE")
    for variable, value in (("OFFLINE", "true"), ("LOCATION_LOOKUP", "cloud")):
        monkeypatch.setenv(f"CODECARBON_{variable}", value)
        with EmissionsTracker(**QUIET) as tracker:
            pass
        assert tracker.final_emissions_data.country_iso_code is None
        monkeypatch.delenv(f"CODECARBON_{variable}")
    assert geo.receiver.requests == []


def test_waiting_for_the_answer_is_not_billed(geo, slow):
    slow(geo.receiver, 0.2)
    with EmissionsTracker(**QUIET) as tracker:
        pass
    assert tracker.final_emissions_data.duration < 0.1
    assert tracker.final_emissions_data.country_iso_code == "FRA"


def test_a_silent_service_costs_a_second_in_all_and_stops_no_other_thread(geo, slow):
    slow(geo.receiver, 3)
    ticks = []
    done = threading.Event()

    def tick():
        while not done.wait(0.02):
            ticks.append(time.monotonic())

    ticker = threading.Thread(target=tick)
    ticker.start()
    began = time.monotonic()
    for _ in range(3):
        with EmissionsTracker(**QUIET) as tracker:
            pass
    took = time.monotonic() - began
    done.set()
    ticker.join()
    assert took < 2.5
    assert max(b - a for a, b in zip(ticks, ticks[1:])) < 0.5
    assert tracker.final_emissions_data.country_iso_code is None
    assert any("not known" in warning for warning in tracker.report["warnings"])


def test_a_refusal_leaves_a_guess_that_is_called_one(geo, monkeypatch):
    geo.answer(status=429)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    with EmissionsTracker(**QUIET) as tracker:
        pass
    assert tracker.final_emissions_data.country_iso_code == "DEU"
    report = tracker.report
    assert report["place"]["known_by"] == "time_zone"
    assert report["pricing"]["grid"]["assumed"] is True
    grid = report["pricing"]["grid"]["g_per_kwh"]
    assert grid["high"] == pytest.approx(2 * grid["value"])
    assert any("guessed from the time zone" in warning for warning in report["warnings"])
    assert any("429" in warning for warning in report["warnings"])


def test_a_forked_child_asks_for_itself(geo):
    with EmissionsTracker(**QUIET):
        pass
    geo.answer(country_code3="DEU")
    (kept,) = (geo_cache() / name for name in os.listdir(geo_cache()))
    kept.unlink()
    child = os.fork()
    if child == 0:
        tracker = EmissionsTracker(**QUIET)
        with tracker:
            pass
        os._exit(0 if tracker.final_emissions_data.country_iso_code == "DEU" else 1)
    assert os.waitpid(child, 0)[1] == 0


def geo_cache():
    from pathlib import Path

    return Path(os.environ["HOME"]) / ".cache/codecarbon"


@pytest.fixture
def electricity_maps(receiver, machine, monkeypatch):
    """Electricity Maps with a value of this hour."""
    monkeypatch.setenv("CODECARBON_ELECTRICITYMAPS_URL", f"{receiver.url}/{uuid.uuid4()}")
    hour = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:00:00.000Z")
    path = os.environ["CODECARBON_ELECTRICITYMAPS_URL"].removeprefix(receiver.url)
    receiver.answers[f"GET {path}/v3/carbon-intensity/latest"] = (
        200,
        {"zone": "FR", "carbonIntensity": 77, "datetime": hour, "isEstimated": True},
    )
    return receiver


def test_a_token_prices_a_tracker_by_the_hour(electricity_maps, machine):
    tracker = OfflineEmissionsTracker(
        country_iso_code="FRA", electricitymaps_api_token="hunter2", **QUIET
    )
    with tracker:
        machine.add("package", 36.0)
        time.sleep(0.01)
    record = tracker.final_emissions_data
    assert record.emissions == pytest.approx(record.energy_consumed * 0.077)
    (price,) = tracker.report["pricing"]["prices"]
    assert (price["provider"], price["zone"]) == ("electricitymaps", "FR")
    assert price["g_per_kwh"]["value"] == 77
    assert price["estimated"] == "estimated by the service"
    assert price["energy_kwh"] == pytest.approx(record.energy_consumed)
    (request,) = electricity_maps.requests
    assert request.headers["auth-token"] == "hunter2"
    assert request.path.endswith("/v3/carbon-intensity/latest?zone=FR")
    assert "hunter2" not in str(tracker.report)


def test_a_refused_token_is_said_and_the_table_used(electricity_maps, capfd):
    for key in list(electricity_maps.answers):
        electricity_maps.answers[key] = (401, {"message": "Invalid authentication"})
    tracker = OfflineEmissionsTracker(
        country_iso_code="FRA",
        electricitymaps_api_token="hunter2",
        log_level="warning",
        output_methods=[],
    )
    with tracker:
        pass
    said = capfd.readouterr().err
    assert "token was refused" in said and "is priced by the average" in said
    assert "hunter2" not in said
    value = tracker.report["pricing"]["grid"]["g_per_kwh"]["value"]
    assert value == pytest.approx(grid_of(country_iso_code="FRA"))
