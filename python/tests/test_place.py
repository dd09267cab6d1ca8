"""Online trackers find out where they are, without delay and without billing the waiting."""

import time

import pytest
from tracking import Keeper, kwh_to_joules

import codecarbon._place
from codecarbon import EmissionsTracker, OfflineEmissionsTracker
from codecarbon.input import DataSource

pytestmark = pytest.mark.usefixtures("clean_place")

QUIET = {"log_level": "critical", "output_methods": []}


@pytest.fixture
def online(receiver, machine, monkeypatch):
    """A service that says where we are, and trackers that may ask it."""
    monkeypatch.delenv("CODECARBON_OFFLINE")
    monkeypatch.setattr(DataSource, "geo_js_url", receiver.url + "/geo.json", raising=False)
    monkeypatch.setattr(codecarbon._place, "_is_in_a_cloud", lambda: False)
    for name, value in (("_answer", None), ("_is_asking", False)):
        monkeypatch.setattr(codecarbon._place, name, value)
    receiver.answers["GET /geo.json"] = (
        200,
        {
            "country_code3": "FRA",
            "country": "France",
            "region": "Ile-de-France",
            "latitude": "48.8566",
            "longitude": "2.3522",
            "country_code": "FR",
        },
    )
    return receiver


def test_records_name_the_place_and_are_priced_there(online, machine):
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
    offline = OfflineEmissionsTracker(country_iso_code="FRA", **QUIET)
    with offline:
        pass
    g_per_kwh = offline.report["pricing"]["grid"]["g_per_kwh"]["value"]
    assert record.emissions == pytest.approx(record.energy_consumed * g_per_kwh / 1000)
    assert task.emissions == pytest.approx(task.energy_consumed * g_per_kwh / 1000)
    assert keeper.calls[0][1].country_iso_code == "FRA"
    assert tracker.report["pricing"]["grid"]["assumed"] is False


def test_the_services_are_asked_once_in_a_process(online):
    for _ in range(3):
        with EmissionsTracker(**QUIET):
            pass
    assert len(online.of("GET /geo.json")) == 1


def test_who_says_the_place_or_forbids_it_is_not_asked_for(online, monkeypatch):
    with OfflineEmissionsTracker(country_iso_code="DEU", **QUIET):
        pass
    monkeypatch.setenv("CODECARBON_COUNTRY_ISO_CODE", "DEU")
    with EmissionsTracker(**QUIET) as tracker:
        pass
    assert tracker.final_emissions_data.country_iso_code == "DEU"
    monkeypatch.delenv("CODECARBON_COUNTRY_ISO_CODE")
    monkeypatch.setenv("CODECARBON_OFFLINE", "true")
    with EmissionsTracker(**QUIET) as tracker:
        pass
    assert tracker.final_emissions_data.country_iso_code is None
    assert online.requests == []


def test_waiting_for_the_answer_is_not_billed(online, monkeypatch):
    told = codecarbon._place._of_address

    def slowly():
        time.sleep(0.2)
        return told()

    monkeypatch.setattr(codecarbon._place, "_of_address", slowly)
    with EmissionsTracker(**QUIET) as tracker:
        pass
    assert tracker.final_emissions_data.duration < 0.1
    assert tracker.final_emissions_data.country_iso_code == "FRA"


def test_a_machine_in_a_cloud_is_where_the_cloud_says(online, monkeypatch):
    from codecarbon.external.geography import CloudMetadata

    monkeypatch.setattr(codecarbon._place, "_is_in_a_cloud", lambda: True)
    monkeypatch.setattr(
        CloudMetadata, "from_utils", classmethod(lambda cls: cls("aws", "eu-west-3"))
    )
    with EmissionsTracker(**QUIET) as tracker:
        pass
    record = tracker.final_emissions_data
    assert (record.cloud_provider, record.cloud_region) == ("aws", "eu-west-3")
    assert (record.on_cloud, record.country_iso_code) == ("Y", "FRA")
    assert online.requests == []


def test_a_fault_of_asking_leaves_the_place_unknown(online, monkeypatch):
    def broken():
        raise RuntimeError("no")

    monkeypatch.setattr(codecarbon._place, "_of_address", broken)
    with EmissionsTracker(**QUIET) as tracker:
        pass
    assert tracker.final_emissions_data.country_iso_code is None
    assert tracker.final_emissions is not None
