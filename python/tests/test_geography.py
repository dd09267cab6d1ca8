"""Countries and clouds: what services answer, and what is known without one."""

import dataclasses

import pytest

from codecarbon.core import cloud as clouds
from codecarbon.external import geography
from codecarbon.external.geography import CloudMetadata, GeoMetadata

ANSWER = {
    "country_code3": "USA", "country": "United States", "region": "Illinois", "latitude": "41.8",
    "longitude": "-87.6", "country_code": "us",
}  # fmt: skip


def test_codes_are_upper_case_and_regions_lower_case():
    geo = GeoMetadata("fra", "France", "Bretagne", 48.1, -1.7, "fr")
    assert vars(geo) == {
        "country_iso_code": "FRA", "country_name": "France", "region": "bretagne",
        "latitude": 48.1, "longitude": -1.7, "country_2letter_iso_code": "FR",
    }  # fmt: skip
    assert geo == GeoMetadata("FRA", "France", "bretagne", 48.1, -1.7, "FR")
    assert geo != GeoMetadata("FRA")
    expected = "GeoMetadata(country_iso_code=FRA, country_name=None, region=None)"
    assert repr(GeoMetadata("fra")) == expected
    assert set(vars(GeoMetadata(None)).values()) == {None}


def test_private_infrastructure_is_no_cloud():
    assert CloudMetadata(None, None).is_on_private_infra
    assert not CloudMetadata("gcp", None).is_on_private_infra
    assert dataclasses.asdict(CloudMetadata("a", "b")) == {"provider": "a", "region": "b"}


def test_the_first_service_tells_the_place(receiver):
    receiver.answers["GET /geo"] = (200, ANSWER)
    geo = GeoMetadata.from_geo_js(f"{receiver.url}/geo")
    assert geo == GeoMetadata("USA", "United States", "illinois", 41.8, -87.6, "US")
    receiver.answers["GET /geo"] = (200, ANSWER | {"region": "", "latitude": "nil"})
    geo = GeoMetadata.from_geo_js(f"{receiver.url}/geo")
    assert (geo.country_iso_code, geo.region, geo.latitude) == ("USA", None, None)


def test_the_second_service_tells_it_when_the_first_does_not(receiver, monkeypatch, capsys):
    monkeypatch.setattr(geography, "_SECOND_SERVICE", f"{receiver.url}/second")
    receiver.answers["GET /geo"] = (500, b"")
    receiver.answers["GET /second"] = (
        200, {"country": "FR", "region": "Bretagne", "loc": "48.1,-1.7"},
    )  # fmt: skip
    geo = GeoMetadata.from_geo_js(f"{receiver.url}/geo")
    assert geo == GeoMetadata("FRA", "France", "bretagne", 48.1, -1.7, "FR")
    assert "500" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("zone", "country"), [("Europe/Paris", "FRA"), ("US/Pacific", "USA"), ("UTC", None)]
)
def test_without_a_service_the_time_zone_is_a_guess_that_is_said(
    zone, country, receiver, monkeypatch, capsys
):
    monkeypatch.setattr(geography, "_SECOND_SERVICE", "http://127.0.0.1:9/")
    monkeypatch.setattr(geography, "_time_zone", lambda: zone)
    receiver.answers["GET /geo"] = (200, {"unexpected": 1})
    geo = GeoMetadata.from_geo_js(f"{receiver.url}/geo")
    assert geo.country_iso_code == country
    said = capsys.readouterr().err
    assert ("guessed from the time zone" in said) == (country is not None)
    assert ("location is unknown" in said) == (country is None)


def test_the_time_zone_is_that_of_the_environment(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert geography._time_zone() == "Asia/Tokyo"
    monkeypatch.setenv("TZ", ":/usr/share/zoneinfo/Europe/Oslo")
    assert geography._time_zone() in ("Europe/Oslo", "Arctic/Longyearbyen", "Europe/Berlin")


@pytest.fixture
def metadata_service(receiver, monkeypatch):
    for provider in clouds.CLOUD_METADATA_MAPPING:
        service = clouds.CLOUD_METADATA_MAPPING[provider]
        receiver.answers[f"GET /{provider}"] = (404, b"")
        monkeypatch.setitem(service, "url", f"{receiver.url}/{provider}")
    receiver.answers["PUT /latest/api/token"] = (404, b"")
    return receiver


def test_a_machine_in_no_cloud_is_private(metadata_service):
    assert clouds.get_env_cloud_details() is None
    assert CloudMetadata.from_utils() == CloudMetadata(None, None)


@pytest.mark.parametrize(
    ("provider", "metadata", "region"),
    [
        ("AWS", {"region": "us-east-1"}, "us-east-1"),
        ("Azure", {"compute": {"location": "westeurope"}}, "westeurope"),
        (
            "GCP",
            {"zone": "projects/1/zones/europe-west10-b", "attributes": {"k": 1}},
            "europe-west10",
        ),
        ("GCP", {"zone": "projects/1/zones/us-central1-a"}, "us-central1"),
        ("GCP", {}, None),
    ],
)
def test_each_cloud_tells_its_region(metadata_service, provider, metadata, region):
    metadata_service.answers[f"GET /{provider}"] = (200, metadata)
    found = clouds.get_env_cloud_details()
    assert found["provider"] == provider
    assert "attributes" not in found["metadata"]
    assert CloudMetadata.from_utils() == CloudMetadata(provider.lower(), region)


def test_aws_is_asked_with_a_session_token(metadata_service):
    metadata_service.answers["PUT /latest/api/token"] = (200, b"session")
    metadata_service.answers["GET /AWS"] = (200, {"region": "eu-west-3"})
    assert CloudMetadata.from_utils() == CloudMetadata("aws", "eu-west-3")
    (asked,) = metadata_service.of("GET /AWS")
    assert asked.headers["X-aws-ec2-metadata-token"] == "session"


def test_answers_that_are_no_metadata_are_no_cloud(metadata_service):
    for provider in clouds.CLOUD_METADATA_MAPPING:
        metadata_service.answers[f"GET /{provider}"] = (200, b"<html>captive portal</html>")
    assert clouds.get_env_cloud_details() is None
