"""Emissions by place, held by CodeCarbon's golden values, and the live service."""

import pytest

from codecarbon.core import electricitymaps_api
from codecarbon.core.emissions import Emissions
from codecarbon.core.units import Energy
from codecarbon.external.geography import CloudMetadata, GeoMetadata
from codecarbon.input import DataSource

KWH = Energy(1)
COUNTRIES = {
    "USA": 369.473, "CAN": 170.043, "FRA": 56.039, "DEU": 380.95, "GBR": 237.589, "CHN": 582.317,
    "IND": 713.441, "SWE": 40.695, "NOR": 30.08, "FIN": 79.158, "ZAF": 707.686, "TWN": 642.378,
    "HKG": 699.499, "TKM": 1306.025, "CAF": 26,
}  # fmt: skip
STATES = {
    "california": 205.269, "illinois": 368.008, "texas": 476.057, "washington": 84.751,
    "west virginia": 896.188,
}  # fmt: skip
PROVINCES = {
    "british columbia": 21.666, "newfoundland and labrador": 4.754, "saskatchewan": 654.935,
    "prince edward island": 17.931, "ontario": 64.722, "nova scotia": 576.249, "quebec": 3.937,
    "alberta": 627.675, "manitoba": 5.274, "northwest territories": 140.053,
    "new brunswick": 246.657, "nunavut": 815.055, "yukon": 272.487,
}  # fmt: skip


@pytest.fixture
def emissions():
    return Emissions(DataSource())


def grams(kilograms):
    return pytest.approx(kilograms / 1000, abs=5.1e-7)


@pytest.mark.parametrize(("code", "g_per_kwh"), COUNTRIES.items())
def test_countries(emissions, code, g_per_kwh):
    geo = GeoMetadata(code.lower())
    assert emissions.get_country_emissions(KWH, geo) == grams(g_per_kwh)
    assert emissions.get_private_infra_emissions(Energy(2), geo) == grams(2 * g_per_kwh)


@pytest.mark.parametrize(("state", "g_per_kwh"), STATES.items())
def test_states_of_the_usa(emissions, state, g_per_kwh):
    geo = GeoMetadata("USA", region=state.title())
    assert emissions.get_region_emissions(KWH, geo) == grams(g_per_kwh)
    assert emissions.get_private_infra_emissions(KWH, geo) == grams(g_per_kwh)


@pytest.mark.parametrize(("province", "g_per_kwh"), PROVINCES.items())
def test_provinces_of_canada(emissions, province, g_per_kwh):
    geo = GeoMetadata("CAN", region=province)
    assert emissions.get_private_infra_emissions(KWH, geo) == grams(g_per_kwh)


def test_nordic_zones_and_chinese_provinces(emissions):
    zone = emissions.get_private_infra_emissions(KWH, GeoMetadata("SWE", region="SE2"))
    assert zone == grams(25.7)
    city = emissions.get_private_infra_emissions(KWH, GeoMetadata("CHN", region="Beijing"))
    assert city == grams(555.4)


def test_an_unknown_region_is_answered_by_its_country(emissions, capsys):
    for code, region in (("USA", "nowhere"), ("SWE", "stockholm"), ("FRA", "bretagne")):
        geo = GeoMetadata(code, region=region)
        assert emissions.get_private_infra_emissions(KWH, geo) == grams(COUNTRIES[code])
    assert "Region: nowhere not found for Country with ISO CODE : USA" in capsys.readouterr().err
    with pytest.raises(ValueError, match="nowhere"):
        emissions.get_region_emissions(KWH, GeoMetadata("CAN", region="nowhere"))


@pytest.mark.parametrize("code", [None, "XXX", "ATA"])
def test_an_unknown_country_is_answered_by_the_world(emissions, code, capsys):
    assert emissions.get_country_emissions(KWH, GeoMetadata(code)) == grams(475)
    assert f"do not have data for {code}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("region", "g_per_kwh"),
    [("us-central1", 430), ("europe-west9", 34), ("northamerica-northeast1", 2),
     ("europe-central2", 723)],
)  # fmt: skip
def test_clouds_that_publish_an_intensity(emissions, region, g_per_kwh):
    cloud = CloudMetadata("gcp", region)
    assert emissions.get_cloud_emissions(KWH, cloud) == grams(g_per_kwh)


def test_clouds_that_publish_none_are_answered_by_the_place_or_the_world(emissions, capsys):
    cloud = CloudMetadata("aws", "us-east-1")
    assert emissions.get_cloud_emissions(KWH, cloud) == grams(475)
    assert emissions.get_cloud_emissions(KWH, cloud, GeoMetadata("FRA")) == grams(56.039)
    assert "us-east-1" in capsys.readouterr().err


def test_a_cloud_region_has_a_country_and_a_place(emissions):
    iowa, dublin = CloudMetadata("gcp", "us-central1"), CloudMetadata("aws", "eu-west-1")
    assert emissions.get_cloud_country_iso_code(iowa) == "USA"
    assert emissions.get_cloud_country_name(dublin) == "Ireland"
    assert emissions.get_cloud_geo_region(iowa) == "Iowa"
    assert emissions.get_cloud_geo_region(dublin) == "Dublin"
    for ask, what in (
        (emissions.get_cloud_country_iso_code, "Unable to find country ISO Code"),
        (emissions.get_cloud_country_name, "Unable to find country name"),
        (emissions.get_cloud_geo_region, "Unable to find State/City name for"),
    ):
        with pytest.raises(ValueError, match=what):
            ask(CloudMetadata("gcp", "moon-1"))


@pytest.mark.parametrize("forced", [0, 100, "100"])
def test_a_forced_intensity_replaces_every_table(forced):
    emissions = Emissions(DataSource(), force_carbon_intensity_g_co2e_kwh=forced)
    expected = grams(float(forced))
    assert emissions.get_private_infra_emissions(KWH, GeoMetadata("FRA")) == expected
    assert emissions.get_cloud_emissions(KWH, CloudMetadata("gcp", "us-central1")) == expected


@pytest.mark.parametrize("forced", [-1, "much", float("nan")])
def test_a_wrong_forced_intensity_is_ignored_aloud(forced, capsys):
    emissions = Emissions(DataSource(), force_carbon_intensity_g_co2e_kwh=forced)
    assert emissions.get_private_infra_emissions(KWH, GeoMetadata("FRA")) == grams(56.039)
    assert "force_carbon_intensity_g_co2e_kwh" in capsys.readouterr().err


def test_mixes_have_an_intensity():
    mix = {"coal_TWh": 1, "wind_TWh": 1, "total_TWh": 2, "year": 2023}
    rate = Emissions._global_energy_mix_to_emissions_rate(mix)
    assert rate.kgs_per_kWh == pytest.approx((995 + 26) / 2000)
    rate = Emissions._global_energy_mix_to_emissions_rate(mix | {"fossil_TWh": 1})
    assert rate.kgs_per_kWh == pytest.approx(0.475)
    shares = {"coal": 1, "petroleum": 1, "naturalGas": 0, "total": 2}
    rate = Emissions._region_energy_mix_to_emissions_rate(shares)
    assert rate.kgs_per_kWh == pytest.approx(0.90620724865)


# Electricity Maps.


@pytest.fixture
def service(receiver, monkeypatch):
    monkeypatch.setattr(electricitymaps_api, "URL", f"{receiver.url}/latest")
    electricitymaps_api.reset_cache()
    receiver.answers["GET /latest"] = (200, {"carbonIntensity": 58.765447504659946})
    yield receiver
    electricitymaps_api.reset_cache()


def test_the_present_intensity_is_asked_for_by_coordinates_or_zone_and_kept(service):
    place = GeoMetadata("FRA", latitude=0.0, longitude=2.0, country_2letter_iso_code="FR")
    for _ in range(3):
        assert electricitymaps_api.get_emissions(Energy(10), place, "token") == (
            pytest.approx(0.58765, abs=1e-5)
        )
    electricitymaps_api.get_emissions(KWH, GeoMetadata("FRA", country_2letter_iso_code="fr"), "t")
    electricitymaps_api.get_emissions(KWH, GeoMetadata("DEU"), "t")
    assert [r.path for r in service.requests] == [
        "/latest?lat=0.0&lon=2.0", "/latest?zone=FR", "/latest?zone=DE",
    ]  # fmt: skip
    assert service.requests[0].headers["auth-token"] == "token"


@pytest.mark.parametrize(
    "answer",
    [(401, {"error": "bad token"}), (200, {}), (200, b"x"), (200, {"carbonIntensity": -1})],
)
def test_after_a_failure_the_service_is_left_alone_and_the_tables_answer(service, answer, capsys):
    service.answers["GET /latest"] = answer
    emissions = Emissions(DataSource(), electricitymaps_api_token="token")
    for _ in range(2):
        assert emissions.get_private_infra_emissions(KWH, GeoMetadata("FRA")) == grams(56.039)
    assert len(service.requests) == 1
    assert "asked again in 30 s" in capsys.readouterr().err
    with pytest.raises(electricitymaps_api.ElectricityMapsAPICooldownError):
        electricitymaps_api.get_carbon_intensity(GeoMetadata("FRA"), "token")


def test_a_place_without_code_is_no_question(service):
    with pytest.raises(electricitymaps_api.ElectricityMapsAPIError, match="coordinates or a"):
        electricitymaps_api.get_carbon_intensity(GeoMetadata(None), "token")
    assert service.requests == []


def test_the_former_name_of_the_token_works_with_a_warning(service, capsys):
    emissions = Emissions(DataSource(), co2_signal_api_token="old")
    assert "deprecated" in capsys.readouterr().err
    assert emissions.get_private_infra_emissions(KWH, GeoMetadata("FRA")) == grams(58.7654)
    assert service.requests[0].headers["auth-token"] == "old"
